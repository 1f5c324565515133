using Spanhook.Load.Pods;
using Spanhook.Load.Serving;

namespace Spanhook.Load.Scenarios.Load;

/// <summary>A busy cluster's every day.</summary>
internal sealed class SteadyLoad : IScenario
{
    public string Name => "L1";

    public string Title => "1,000 req/s for 10 minutes, mix R, open loop";

    public async Task<ScenarioResult> RunAsync(ScenarioContext context, CancellationToken cancellation)
    {
        using var webhook = await context.StartWarmAsync(cancellation);
        var duration = context.Duration(600);
        var measured = await Measured.RunAsync(webhook, webhook.Plan(LoadReviews.Mix(), 1000, duration), cancellation);
        return new ScenarioResult()
            .AllAnswered(measured.Load)
            .Exactly("answered, of those that were due", measured.Load.Answered / (1000 * duration.TotalSeconds), "", 1)
            .Latencies(measured.Load, p50: 1, p99: 10, p999: 50, max: 250)
            .AtMost("server's CPU", measured.Cores, "cores", 0.8)
            .AtMost("server's peak resident memory", measured.PeakMiB, "MiB", 200)
            .Generator(measured.Load);
    }
}
