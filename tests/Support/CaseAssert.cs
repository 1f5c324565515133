using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spanhook.Injection;
using Spanhook.Injection.Decision;
using Spanhook.Manifests;

namespace Spanhook.Support;

/// <summary>What every door must give for a <see cref="Case"/>: the same patch, the same pod, the same reasons.</summary>
public static class CaseAssert
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The patch of a door, as it came over the wire; empty when there is none.</summary>
    public static void Patch(Case which, ReadOnlySpan<byte> patch) => Golden.AssertMatches(which.GoldenPatchFile, Shown(patch));

    /// <summary>The pod as the patch makes it: key order as well.</summary>
    public static void PodText(Case which, JsonNode pod) => Golden.AssertMatches(which.GoldenPodFile, ManifestWriter.ToYaml(pod));

    /// <summary>The pod of a door, which may put keys into another order.</summary>
    public static void Pod(Case which, JsonNode pod)
    {
        if (Golden.IsUpdating) return;
        JsonDifference.AssertSame(ManifestReader.ReadFile(which.GoldenPodFile).Single().ToNode(), pod, which.Name);
    }

    /// <summary>The report of the command line.</summary>
    public static void Report(Case which, string report) => Golden.AssertMatches(which.GoldenReportFile, report);

    /// <summary>Every decision of a door stands in the report: who was injected from what, or the sentence that says why not.</summary>
    public static void Decisions(Case which, InjectionResult result)
    {
        if (Golden.IsUpdating) return;
        var report = File.ReadAllText(which.GoldenReportFile);
        foreach (var decision in result.Decisions)
        {
            // Under its container's heading the container is not named again.
            string[] lines = decision.Reason == Reasons.Injected ? [$"{decision.Injector} injected from {decision.Source}"] : [decision.Message, (decision with { Container = null }).Message];
            Assert.True(lines.Any(line => report.Contains(line, StringComparison.Ordinal)), $"{which}: the report lacks '{lines[0]}'");
            if (decision.Container is { } container) Assert.Contains(container, report, StringComparison.Ordinal);
        }
    }

    /// <summary>The sentences that a door shows to whoever asked: those of the report that are warnings, in order.</summary>
    public static void Warnings(Case which, IEnumerable<string> warnings) => Assert.Equal(which.Inject().Result.Warnings, warnings);

    /// <summary>One operation to a line: a diff of the file shows what changes, and nothing else.</summary>
    private static string Shown(ReadOnlySpan<byte> patch)
    {
        if (patch.IsEmpty) return "[]\n";
        var operations = JsonNode.Parse(Encoding.UTF8.GetString(patch))!.AsArray();
        return $"[\n  {string.Join(",\n  ", operations.Select(operation => operation!.ToJsonString(Readable)))}\n]\n";
    }
}
