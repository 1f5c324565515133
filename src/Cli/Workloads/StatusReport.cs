using System.Globalization;
using System.Text.Json.Nodes;
using Spanhook.Cli.Reporting;
using Spanhook.Injection.Decision;
using Spanhook.Manifests;

namespace Spanhook.Cli.Workloads;

/// <summary>Which workloads are traced and which not, for people and for programs.</summary>
internal static class StatusReport
{
    public static void WriteTable(Terminal terminal, IReadOnlyList<StatusRow> rows, bool hasNamespaces, bool isWide)
    {
        string[] headings = [.. hasNamespaces ? (string[])["NAMESPACE"] : [], "WORKLOAD", "PODS", "ASKED BY", "INJECTED", "STALE", "MISSING", "REASON", .. isWide ? (string[])["WHY"] : []];
        TextTable.Write(terminal, headings, [.. rows.Select(row => (IReadOnlyList<string>)Cells(row, hasNamespaces, isWide))]);
    }

    public static void WriteJson(TextWriter output, IReadOnlyList<StatusRow> rows) => output.Write(ManifestWriter.ToJson(new JsonArray([.. rows.Select(ToJson)])));

    private static string[] Cells(StatusRow row, bool hasNamespaces, bool isWide) =>
    [
        .. hasNamespaces ? (string[])[row.Workload.Key.Namespace] : [],
        row.Workload.Key.ToString(),
        Number(row.Workload.Pods),
        row.Workload.AskedBy ?? "-",
        Number(row.Injected),
        Number(row.Stale),
        Number(row.Missing),
        row.Codes.Count == 0 ? "-" : string.Join(",", row.Codes),
        .. isWide ? (string[])[string.Join("; ", row.Sentences) is { Length: > 0 } why ? why.ReplaceLineEndings(" ") : "-"] : [],
    ];

    private static JsonObject ToJson(StatusRow row) => new()
    {
        ["namespace"] = row.Workload.Key.Namespace,
        ["kind"] = row.Workload.Key.Kind,
        ["name"] = row.Workload.Key.Name,
        ["askedBy"] = row.Workload.AskedBy,
        ["covered"] = row.IsCovered,
        ["pods"] = row.Workload.Pods,
        ["injected"] = row.Injected,
        ["stale"] = row.Stale,
        ["missing"] = row.Missing,
        ["needsRestart"] = row.NeedsRestart,
        ["reasons"] = new JsonArray([.. row.Skipped.Select(ToJson)]),
        ["problem"] = row.Workload.Problem,
        ["examples"] = new JsonArray([.. row.Workload.Examples.Select(ToJson)]),
    };

    private static JsonNode ToJson(InjectionDecision decision) => new JsonObject
    {
        ["code"] = decision.Reason.Code,
        ["severity"] = decision.Reason.Severity == Severity.Warning ? "warning" : "info",
        ["injector"] = decision.Injector,
        ["container"] = decision.Container,
        ["message"] = decision.Message,
    };

    private static JsonNode ToJson(PodExample example) => new JsonObject
    {
        ["pod"] = example.Pod,
        ["state"] = example.State.ToString().ToLowerInvariant(),
        ["differences"] = new JsonArray([.. example.Differences.Select(difference => (JsonNode)difference)]),
    };

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
