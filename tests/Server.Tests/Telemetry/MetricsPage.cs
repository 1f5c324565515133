using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Spanhook.Injection.Decision;
using Spanhook.Server.Telemetry.Prometheus;

namespace Spanhook.Server.Tests.Telemetry;

/// <summary>docs/metrics.md.</summary>
internal static partial class MetricsPage
{
    public static string Write(MetricCollector collector, IReadOnlyList<Reason> reasons)
    {
        var page = new StringBuilder("""
            # Metrics

            Written by the tests (`UPDATE_GOLDEN=1 dotnet test tests/Server.Tests`); do not edit. `GET /metrics` of `--management-listen` has them
            in Prometheus' text format 0.0.4, translated from OpenTelemetry's names as its specification says; the same instruments are pushed by
            OTLP under their dotted names when `OTEL_EXPORTER_OTLP_ENDPOINT` or `OTEL_EXPORTER_OTLP_METRICS_ENDPOINT` is set.

            | metric | type | labels | meaning |
            |---|---|---|---|

            """.ReplaceLineEndings("\n"));
        collector.Read(family =>
        {
            if (IsOurs(family.Name)) page.Append(CultureInfo.InvariantCulture, $"| `{family.Name}` | {family.Kind switch { MetricKind.Counter => "counter", MetricKind.Histogram => "histogram", _ => "gauge" }} | {Labels(family)} | {family.Help} |\n");
        });
        page.Append("""

            The framework's own meters stand beside them: `dotnet_*` (`System.Runtime`: heap, collections and their pauses, threads, exceptions) and
            `kestrel_*` (`Microsoft.AspNetCore.Server.Kestrel`: connections, queues, TLS handshakes of the HTTPS port). `process_*` is not pushed:
            OTLP has the same as `dotnet.process.*`.

            `result` is `injected` (patched), `skipped` (allowed as it is), `audited` (a policy in mode Audit), `overloaded`, `error` (the webhook
            failed and the pod was allowed) or `refused` (a 4xx: no review that can be answered). `reason` is one of these and never a text from outside:


            """.ReplaceLineEndings("\n"));
        page.AppendJoin('\n', reasons.Select(reason => $"- `{reason.Code}`: {reason.Sentence}"));
        return page.Append('\n').ToString();
    }

    private static bool IsOurs(string name) => name.StartsWith("spanhook_", StringComparison.Ordinal) || name.StartsWith("process_", StringComparison.Ordinal);

    private static string Labels(MetricFamily family) => string.Join(", ", family.Series.SelectMany(series => Names().Matches(series.Labels.Text).Select(match => match.Groups["name"].Value))
        .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(name => $"`{name}`"));

    [GeneratedRegex("""(?:^|",)(?<name>[a-z_]+)="(?:[^"\\]|\\.)*""", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Names();
}
