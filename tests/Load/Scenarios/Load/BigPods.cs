using Spanhook.Load.Generating;
using Spanhook.Load.Pods;
using Spanhook.Load.Serving;

namespace Spanhook.Load.Scenarios.Load;

/// <summary>Pods that are larger than usual, between ordinary ones that must not wait for them.</summary>
internal sealed class BigPods(string name, string what, double rate, Func<ReviewMix> pods, double? memory) : IScenario
{
    public static IScenario Wide => new BigPods("L5", "pods of 100 containers with 40 variables each", 50, LoadReviews.Wide, null);

    public static IScenario Huge => new BigPods("L6", "pods of 2.9 MiB", 20, LoadReviews.Huge, 256);

    public string Name => name;

    public string Title => $"{rate} req/s of {what}, beside 500 req/s of mix R";

    public async Task<ScenarioResult> RunAsync(ScenarioContext context, CancellationToken cancellation)
    {
        using var webhook = await context.StartWarmAsync(cancellation);
        var duration = context.Duration(60);
        var big = LoadGenerator.RunAsync(webhook.Plan(pods(), rate, duration) with { Connections = 4 }, cancellation);
        var ordinary = await Measured.RunAsync(webhook, webhook.Plan(LoadReviews.Mix(), 500, duration), cancellation);
        var large = await big;
        var result = new ScenarioResult()
            .AllAnswered(large, "big: ").Latencies(large, "big: ", p99: 100).Generator(large, "big: ")
            .AllAnswered(ordinary.Load, "mix R: ").Latencies(ordinary.Load, "mix R: ", p99: 25)
            .Info("server's CPU", ordinary.Cores, "cores");
        return memory is { } limit ? result.AtMost("server's peak resident memory", ordinary.PeakMiB, "MiB", limit) : result.Info("server's peak resident memory", ordinary.PeakMiB, "MiB");
    }
}
