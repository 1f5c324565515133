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

    private const int Rounds = 3;

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
        // In rounds, as over HTTPS: a machine that is slow for two seconds would else be the figure of a whole case.
        var summaries = Enumerable.Range(0, Rounds).Select(_ => BenchmarkRunner.Run<AdmissionBenchmarks>(Configuration(iterations: 4))).ToList();

        var table = new Table("case", "median", "budget", "allocated", "budget");
        foreach (var row in Rows)
        {
            var reports = summaries.Select(summary => summary.Reports.Single(report => report.BenchmarkCase.Descriptor.WorkloadMethod.Name == row.Benchmark)).ToList();
            var microseconds = reports.Select(report => report.ResultStatistics?.Median ?? throw new InvalidOperationException($"{row.Benchmark} has no result")).Order().ElementAt(Rounds / 2) / 1000;
            var bytes = reports.Max(report => report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0);
            table.Add(row.Text,
                Table.Marked(string.Create(CultureInfo.InvariantCulture, $"{microseconds:N1} µs"), row.BudgetMicroseconds is null || microseconds <= row.BudgetMicroseconds),
                row.BudgetMicroseconds is { } time ? string.Create(CultureInfo.InvariantCulture, $"{time:N0} µs") : "–",
                Table.Marked(string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} B"), row.BudgetBytes is null || bytes <= row.BudgetBytes),
                row.BudgetBytes is { } size ? string.Create(CultureInfo.InvariantCulture, $"{size:N0} B") : "–");
        }

        return table.ToString();
    }

    public static ManualConfig Configuration(int iterations = 10)
    {
        // Short: the budgets are an order of magnitude, not a percent. In process, because a generated project would have to obey the rules of this one.
        var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance)
            .WithWarmupCount(iterations / 2).WithIterationCount(iterations).WithIterationTime(TimeInterval.FromMilliseconds(300));
        return ManualConfig.CreateEmpty().AddJob(job).AddDiagnoser(MemoryDiagnoser.Default)
            .AddLogger(ConsoleLogger.Default).AddColumnProvider(DefaultColumnProviders.Instance).WithArtifactsPath("artifacts/benchmarks");
    }
}
