using System.Net.Security;
using Spanhook.Load.Abuse;
using Spanhook.Load.Generating;
using Spanhook.Load.Pods;
using Spanhook.Load.Serving;

namespace Spanhook.Load.Scenarios.Faults;

/// <summary>Connections that say nothing cost a limited amount of memory, and the API server's go on.</summary>
internal sealed class IdleConnections : IScenario
{
    private const int Limit = 2048;
    private const int AtOnce = 64;
    private const double PerSecond = 200;

    public string Name => "F33";

    public string Title => "5,000 idle TLS connections, beside 1,000 req/s";

    public async Task<ScenarioResult> RunAsync(ScenarioContext context, CancellationToken cancellation)
    {
        using var webhook = await context.StartWarmAsync(cancellation);
        var before = webhook.Figures.ResidentMiB;
        webhook.Figures.ForgetPeak();
        await using var load = BackgroundLoad.Start(cancellation, webhook.Plan(LoadReviews.Mix(), 1000, TimeSpan.FromSeconds(1)) with { MaxConnections = 8 });
        await Task.Delay(1000, cancellation);
        var streams = await OpenAsync(webhook, context.Times(5000), cancellation);
        var accepted = streams.Count(s => s is not null);
        await Task.Delay(context.Duration(10), cancellation);
        var sockets = webhook.Figures.Sockets;
        var kept = await load.StopAsync();
        var late = await LoadGenerator.RunAsync(webhook.Plan(LoadReviews.Mix(), 1000, TimeSpan.FromSeconds(2)), cancellation);
        var memory = webhook.Figures.PeakMiB - before;
        foreach (var stream in streams.OfType<SslStream>()) await stream.DisposeAsync();
        var freed = await ScenarioContext.UntilAsync(() => webhook.Figures.Sockets < 100, TimeSpan.FromSeconds(15), cancellation);
        await Task.Delay(TimeSpan.FromSeconds(10), cancellation);
        var after = await LoadGenerator.RunAsync(webhook.Plan(LoadReviews.Mix(), 1000, TimeSpan.FromSeconds(5)), cancellation);
        var rest = webhook.Figures.ResidentMiB - before;
        return new ScenarioResult()
            .Info("connections tried", streams.Length, "")
            .Info("accepted, most of them to be closed for the next", accepted, "")
            .AtMost("sockets that the server holds", sockets, "", Limit)
            .AtMost("extra resident memory at its peak", memory, "MiB", 100)
            .AtMost("extra resident memory 15 s after they end", rest, "MiB", 32)
            .AllAnswered(kept, "on connections from before: ").Latencies(kept, "on connections from before: ", p99: 25)
            .Info("on connections made later: answered", late.Answered, "")
            .Info("on connections made later: turned away", late.Failed, "")
            .AtMost("connections given back after the idle ones end, within", (freed ?? TimeSpan.MaxValue).TotalSeconds, "s", 15)
            .AllAnswered(after, "after: ").Latencies(after, "after: ", p99: 25)
            .Note($"They are opened at {PerSecond:0} per second and say nothing after their handshake. New connections by the thousand are L7; here most of that work would be the attacker's own, on the same cores.");
    }

    private static async Task<SslStream?[]> OpenAsync(Webhook webhook, int count, CancellationToken cancellation)
    {
        var (streams, start) = (new SslStream?[count], TimeProvider.System.GetTimestamp());
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
            async (i, token) =>
            {
                var early = TimeSpan.FromSeconds(i / PerSecond) - TimeProvider.System.GetElapsedTime(start);
                if (early > TimeSpan.Zero) await Task.Delay(early, token);
                streams[i] = await RawConnection.TryTlsAsync(webhook.Address, null, token);
            });
        return streams;
    }
}
