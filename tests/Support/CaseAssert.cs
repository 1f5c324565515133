using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spanhook.Injection;
using Spanhook.Manifests;

namespace Spanhook.Support;

/// <summary>What every door must give for a <see cref="Case"/>: the same patch, the same pod, the same reasons.</summary>
public static class CaseAssert
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The patch of a door, as it came over the wire; empty when there is none.</summary>
    public static void Patch(Case which, ReadOnlySpan<byte> patch) => Golden.AssertMatches(which.GoldenPatchFile, Shown(patch));

    /// <summary>The pod of a door.</summary>
    public static void Pod(Case which, JsonNode pod) => Golden.AssertMatches(which.GoldenPodFile, ManifestWriter.ToYaml(pod));

    /// <summary>Every decision with its sentence, one line each.</summary>
    public static void Report(Case which, InjectionResult result) => Golden.AssertMatches(which.GoldenReportFile, Shown(result));

    /// <summary>The sentences that a door shows to whoever asked: those of the report that are warnings, in order.</summary>
    public static void Warnings(Case which, IEnumerable<string> warnings) => Assert.Equal(which.Inject().Result.Warnings, warnings);

    /// <summary>One operation to a line: a diff of the file shows what changes, and nothing else.</summary>
    private static string Shown(ReadOnlySpan<byte> patch)
    {
        if (patch.IsEmpty) return "[]\n";
        var operations = JsonNode.Parse(Encoding.UTF8.GetString(patch))!.AsArray();
        return $"[\n  {string.Join(",\n  ", operations.Select(operation => operation!.ToJsonString(Readable)))}\n]\n";
    }

    private static string Shown(InjectionResult result)
    {
        var report = new StringBuilder();
        foreach (var decision in result.Decisions)
        {
            report.Append(decision.Reason.Severity == Injection.Decision.Severity.Warning ? "warning" : "info").Append(' ').Append(decision.Message);
            if (decision.Source is { } source) report.Append(" [").Append(source).Append(']');
            report.Append('\n');
        }

        return report.ToString();
    }
}
