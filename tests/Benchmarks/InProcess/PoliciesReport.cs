using System.Globalization;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Spanhook.Benchmarks.InProcess;

/// <summary>Runs <see cref="PoliciesBenchmark"/> and lays a thousand policies beside one.</summary>
internal static class PoliciesReport
{
    private const double Budget = 0.10;
    private static readonly int[] Counts = [1, 10, 1000];

    private static readonly (string Benchmark, string Text, int BudgetBytes)[] Rows =
    [
        (nameof(PoliciesBenchmark.NotSelected), "no policy covers the pod", 1024),
        (nameof(PoliciesBenchmark.ByAnnotation), "the pod asks for java, and no policy covers it", 8 * 1024),
        (nameof(PoliciesBenchmark.ByPolicy), "a policy covers the pod and asks for java", 8 * 1024),
    ];

    public static string Run()
    {
        var summary = BenchmarkRunner.Run<PoliciesBenchmark>(InProcessReport.Configuration());
        var table = new Table("review of 10 KB", "1 policy", "10 policies", "1,000 policies", "1,000 over 1", "budget", "allocated with 1,000", "budget");
        foreach (var (benchmark, text, budgetBytes) in Rows)
        {
            var reports = Counts.Select(count => Of(summary, benchmark, count)).ToList();
            var medians = reports.ConvertAll(report => (report.ResultStatistics ?? throw new InvalidOperationException($"{benchmark} has no result")).Median / 1000);
            var over = (medians[2] / medians[0]) - 1;
            var bytes = reports[2].GcStats.GetBytesAllocatedPerOperation(reports[2].BenchmarkCase) ?? 0;
            table.Add([text, .. medians.Select(median => Text($"{median:N1} µs")),
                Table.Marked(Text($"{over:+0 %;-0 %}"), over <= Budget), Text($"{Budget:+0 %}"), Table.Marked(Text($"{bytes:N0} B"), bytes <= budgetBytes), Text($"{budgetBytes:N0} B")]);
        }

        return table.ToString();
    }

    private static BenchmarkReport Of(Summary summary, string benchmark, int policies) => summary.Reports.Single(report =>
        report.BenchmarkCase.Descriptor.WorkloadMethod.Name == benchmark && (int)report.BenchmarkCase.Parameters[nameof(PoliciesBenchmark.Policies)] == policies);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
