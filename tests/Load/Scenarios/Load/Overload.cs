using Spanhook.Load.Generating;
using Spanhook.Load.Pods;
using Spanhook.Load.Serving;

namespace Spanhook.Load.Scenarios.Load;

/// <summary>More than can be done: each pod is still answered while its API server waits.</summary>
internal sealed class Overload : IScenario
{
    private const int Connections = 600;

    public string Name => "L4";

    public string Title => "three times what saturates the server, for 120 s, then 1,000 req/s";

    public async Task<ScenarioResult> RunAsync(ScenarioContext context, CancellationToken cancellation)
    {
        using var webhook = await context.StartWarmAsync(cancellation);
        var duration = context.Duration(120);
        var normal = await LoadGenerator.RunAsync(webhook.Plan(LoadReviews.Mix(), 1000, TimeSpan.FromSeconds(5)), cancellation);
        var usual = Math.Max(10_000, normal.Latency.Quantile(0.99) * 3 / 2);
        var saturation = await LoadGenerator.RunAsync(webhook.Plan(LoadReviews.Mix(), null, TimeSpan.FromSeconds(5)) with { Connections = 32 }, cancellation);
        var plan = webhook.Plan(LoadReviews.Mix(), 3 * saturation.PerSecond, duration) with { Connections = Connections, MaxConnections = Connections, DropAfter = TimeSpan.FromSeconds(1) };
        var overload = await Measured.RunAsync(webhook, plan, cancellation);
        var (back, after) = await RecoverAsync(webhook, usual, cancellation);
        var result = new ScenarioResult()
            .Info("saturation, measured before", saturation.PerSecond, "req/s")
            .Info("offered", 3 * saturation.PerSecond, "req/s")
            .Info("offered, not sent within 1 s as all connections waited", overload.Load.NotSent, "")
            .AllAnswered(overload.Load)
            .Info("answered per second", overload.Load.PerSecond, "req/s")
            .Info("p50 from the sending on", overload.Load.Service.Quantile(0.5) / 1000.0, "ms")
            .Info("p99 from the sending on", overload.Load.Service.Quantile(0.99) / 1000.0, "ms")
            .AtMost("max from the sending on", overload.Load.Service.Max / 1000.0, "ms", 1000)
            .Info("server's CPU", overload.Cores, "cores")
            .AtMost("server's peak resident memory", overload.PeakMiB, "MiB", 256)
            .Exactly("server's process ended", webhook.Process.HasEnded ? 1 : 0, "", 0)
            .AtMost($"back to p99 ≤ {Figure.Text(usual / 1000.0)} ms at 1,000 req/s after", back, "s", 10)
            .AllAnswered(after, "after: ")
            .Note($"Normal is a p99 of 10 ms, or half as much again as before the overload. {Connections} connections offer the load; the generator shares the cores with the server, so what it cannot send in time is counted instead. Patched or answered \"overloaded\", both are answers.");
        result.Histograms["from the sending on"] = overload.Load.Service;
        return result;
    }

    // In pieces of a second: how many until the first that is as usual.
    private static async Task<(double Seconds, LoadResult All)> RecoverAsync(Webhook webhook, long usual, CancellationToken cancellation)
    {
        var all = new LoadResult();
        for (var second = 0; second < 30; second++)
        {
            var piece = await LoadGenerator.RunAsync(webhook.Plan(LoadReviews.Mix(), 1000, TimeSpan.FromSeconds(1)), cancellation);
            all.Add(piece);
            if (piece.Latency.Quantile(0.99) <= usual && piece.Failed == 0) return (second, all);
        }

        return (30, all);
    }
}
