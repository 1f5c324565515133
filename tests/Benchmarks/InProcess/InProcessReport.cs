using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace Spanhook.Benchmarks.InProcess;

/// <summary>Runs the benchmarks and lays them beside their budgets.</summary>
internal static class InProcessReport
{
    private sealed record Row(string Benchmark, string Text, double? BudgetMicroseconds, int? BudgetBytes);

    private static readonly Row[] Rows =
    [
        new(nameof(AdmissionBenchmarks.NotSelected), "review of 10 KB, pod not selected", 25, 1024),
        new(nameof(AdmissionBenchmarks.ParseNotSelected), "the same, its JSON parsed and nothing else", null, null),
        new(nameof(AdmissionBenchmarks.OneContainer), "review of 10 KB, java into one container", 60, 8 * 1024),
        new(nameof(AdmissionBenchmarks.Vllm), "review of 10 KB, vLLM in one container", 60, 8 * 1024),
        new(nameof(AdmissionBenchmarks.VllmScript), "review of 10 KB, vLLM in a shell script of 4 KB", 120, 16 * 1024),
        new(nameof(AdmissionBenchmarks.Wide), "review of 100 containers × 40 variables, java into one", 4000, 1024 * 1024),
        new(nameof(AdmissionBenchmarks.InjectOneContainer), "injector alone, java into one container", null, null),
        new(nameof(AdmissionBenchmarks.InjectVllm), "injector alone, vLLM in one container", null, null),
        new(nameof(AdmissionBenchmarks.InjectWide), "injector alone, 100 containers × 40 variables, java into 32", 4000, 1024 * 1024),
    ];

    public static string Run()
    {
        var summary = BenchmarkRunner.Run<AdmissionBenchmarks>(Configuration());

        var table = new Table("case", "median", "budget", "allocated", "budget");
        foreach (var row in Rows)
        {
            var report = summary.Reports.Single(report => report.BenchmarkCase.Descriptor.WorkloadMethod.Name == row.Benchmark);
            var statistics = report.ResultStatistics ?? throw new InvalidOperationException($"{row.Benchmark} has no result");
            var microseconds = statistics.Median / 1000;
            var bytes = report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0;
            table.Add(row.Text,
                Table.Marked(string.Create(CultureInfo.InvariantCulture, $"{microseconds:N1} µs"), row.BudgetMicroseconds is null || microseconds <= row.BudgetMicroseconds),
                row.BudgetMicroseconds is { } time ? string.Create(CultureInfo.InvariantCulture, $"{time:N0} µs") : "–",
                Table.Marked(string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} B"), row.BudgetBytes is null || bytes <= row.BudgetBytes),
                row.BudgetBytes is { } size ? string.Create(CultureInfo.InvariantCulture, $"{size:N0} B") : "–");
        }

        return table.ToString();
    }

    public static ManualConfig Configuration()
    {
        // Short: the budgets are an order of magnitude, not a percent. In process, because a generated project would have to obey the rules of this one.
        var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance)
            .WithWarmupCount(5).WithIterationCount(10).WithIterationTime(TimeInterval.FromMilliseconds(300));
        return ManualConfig.CreateEmpty().AddJob(job).AddDiagnoser(MemoryDiagnoser.Default)
            .AddLogger(ConsoleLogger.Default).AddColumnProvider(DefaultColumnProviders.Instance).WithArtifactsPath("artifacts/benchmarks");
    }
}
