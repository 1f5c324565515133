using Spanhook.Load.Pods;
using Spanhook.Load.Serving;

namespace Spanhook.Load.Scenarios.Load;

/// <summary>What one replica can do.</summary>
internal sealed class ClosedLoop : IScenario
{
    public string Name => "L3";

    public string Title => "as fast as 32 connections can ask, mix R, closed loop";

    public async Task<ScenarioResult> RunAsync(ScenarioContext context, CancellationToken cancellation)
    {
        using var webhook = await context.StartWarmAsync(cancellation);
        var measured = await Measured.RunAsync(webhook, webhook.Plan(LoadReviews.Mix(), null, context.Duration(60)) with { Connections = 32 }, cancellation);
        return new ScenarioResult()
            .AllAnswered(measured.Load)
            .AtLeast("requests per second", measured.Load.PerSecond, "req/s", 6000)
            .Latencies(measured.Load, p99: 25)
            .Info("server's CPU", measured.Cores, "cores")
            .Info("server's peak resident memory", measured.PeakMiB, "MiB");
    }
}
