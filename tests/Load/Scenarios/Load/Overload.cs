using Spanhook.Load.Generating;
using Spanhook.Load.Pods;
using Spanhook.Load.Serving;

namespace Spanhook.Load.Scenarios.Load;

/// <summary>More than can be done: each pod is still answered while its API server waits. The server gets one core, and the generator another, so that neither takes from the other.</summary>
internal sealed class Overload : IScenario
{
    private const int Connections = 600;
    private const int ServerCore = 0;
    private const int GeneratorCore = 1;
    private const double Times = 3.5;
    private const double NormalRate = 1000;

    public string Name => "L4";

    public string Title => "three times what saturates a server on one core, for 120 s, then 1,000 req/s";

    public async Task<ScenarioResult> RunAsync(ScenarioContext context, CancellationToken cancellation)
    {
        if (Environment.ProcessorCount < 2) return ScenarioResult.Skip("it needs two cores");
        using var webhook = await context.StartWarmAsync(cancellation, Webhook.CoreOption, $"{ServerCore}");
        var normal = await LoadGenerator.RunAsync(Plan(webhook, NormalRate, 5), cancellation);
        var usual = Math.Max(10_000, normal.Latency.Quantile(0.99) * 3 / 2);
        var saturation = await LoadGenerator.RunAsync(Plan(webhook, null, 5) with { Connections = 16 }, cancellation);
        var offered = Times * saturation.PerSecond;
        var plan = Plan(webhook, offered, context.Duration(120).TotalSeconds) with { Connections = Connections, MaxConnections = Connections, DropAfter = TimeSpan.FromSeconds(1) };
        var overload = await Measured.RunAsync(webhook, plan, cancellation);
        var (back, after) = await RecoverAsync(webhook, usual, cancellation);
        var result = new ScenarioResult()
            .Info("saturation, measured before", saturation.PerSecond, "req/s")
            .AtLeast("offered, over saturation", (overload.Load.Answered + overload.Load.Failed + overload.Load.NotSent) / overload.Load.Elapsed.TotalSeconds / saturation.PerSecond, "times", 3)
            .Info("offered, not sent within 1 s, as all connections waited", overload.Load.NotSent, "")
            .AtLeast($"requests that wait for the server, mean, of {Connections} connections", overload.Load.PerSecond * overload.Load.Service.Mean / 1e6, "", Connections * 0.8)
            .AllAnswered(overload.Load)
            .Info("patched, or looked at and left as they are, per second", (overload.Load.Answered - overload.Load.Overloaded) / overload.Load.Elapsed.TotalSeconds, "req/s")
            .Info("p50 from the sending on", overload.Load.Service.Quantile(0.5) / 1000.0, "ms")
            .Info("p99 from the sending on", overload.Load.Service.Quantile(0.99) / 1000.0, "ms")
            .AtMost("each, the slowest from the sending on", overload.Load.Service.Max / 1000.0, "ms", 1000)
            .Info("server's CPU", overload.Cores, "cores")
            .AtMost("server's peak resident memory", overload.PeakMiB, "MiB", 256)
            .Exactly("server's process ended", webhook.Process.HasEnded ? 1 : 0, "", 0)
            .AtMost($"back to p99 ≤ {Figure.Text(usual / 1000.0)} ms at {NormalRate:0} req/s after", back, "s", 10)
            .AllAnswered(after, "after: ")
            .Note($"The server is kept on one core and the generator on another. A request that is due while each of the {Connections} connections waits for an answer cannot be sent, and is given up after a second; that nearly all of them wait all the time shows that the server is what is short, and not the generator. Back is a p99 of 10 ms, or 1.5 × the p99 before the overload if that is more. Patched or answered \"overloaded\", both are answers.");
        result.Histograms["from the sending on"] = overload.Load.Service;
        return result;
    }

    private static LoadPlan Plan(Webhook webhook, double? rate, double seconds) => webhook.Plan(LoadReviews.Mix(), rate, TimeSpan.FromSeconds(seconds)) with { Core = GeneratorCore };

    // In pieces of a second: how many until the first that is as usual.
    private static async Task<(double Seconds, LoadResult All)> RecoverAsync(Webhook webhook, long usual, CancellationToken cancellation)
    {
        var all = new LoadResult();
        for (var second = 0; second < 30; second++)
        {
            var piece = await LoadGenerator.RunAsync(Plan(webhook, NormalRate, 1), cancellation);
            all.Add(piece);
            if (piece.Latency.Quantile(0.99) <= usual && piece.Failed == 0) return (second, all);
        }

        return (30, all);
    }
}
