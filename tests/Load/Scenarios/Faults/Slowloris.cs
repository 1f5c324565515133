using Spanhook.Load.Abuse;
using Spanhook.Load.Pods;
using Spanhook.Load.Serving;

namespace Spanhook.Load.Scenarios.Faults;

/// <summary>Whoever says one byte a second is not waited for.</summary>
internal sealed class Slowloris : IScenario
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(2);

    public string Name => "F29";

    public string Title => "2,000 sockets with a byte per second (a third each in handshake, headers, body), beside 300 req/s";

    public async Task<ScenarioResult> RunAsync(ScenarioContext context, CancellationToken cancellation)
    {
        using var webhook = await context.StartWarmAsync(cancellation);
        var before = webhook.Figures.ResidentMiB;
        await using var load = BackgroundLoad.Start(cancellation, webhook.Plan(LoadReviews.Mix(), 300, TimeSpan.FromSeconds(1)));
        await Task.Delay(1000, cancellation);
        webhook.Figures.ForgetPeak();
        var parts = Enum.GetValues<SlowPart>();
        var sockets = Enumerable.Range(0, context.Times(2000)).Select(i => (Part: parts[i % parts.Length], Run: StartAsync(webhook, parts[i % parts.Length], i, cancellation))).ToList();
        await Task.WhenAll(sockets.Select(s => s.Run));
        var ordinary = await load.StopAsync();
        var result = new ScenarioResult().Info("slow sockets", sockets.Count, "");
        foreach (var part in parts)
        {
            var held = sockets.Where(s => s.Part == part).Select(s => s.Run.Result).ToList();
            result.AtMost($"slow {Text(part)}: closed by the server after, slowest", held.Max(h => h.WasRefused ? 0 : (h.Held ?? Patience).TotalSeconds), "s", 10);
            result.Exactly($"slow {Text(part)}: never closed", held.Count(h => h is { Held: null, WasRefused: false }), "", 0);
            result.Info($"slow {Text(part)}: not let in", held.Count(h => h.WasRefused), "");
        }

        return result
            .AllAnswered(ordinary, "mix R: ").Latencies(ordinary, "mix R: ", p99: 25)
            .Info("extra resident memory at its peak", webhook.Figures.PeakMiB - before, "MiB")
            .Note("The clock of a socket starts when its connection is made; the attackers' own work runs on the same cores.");
    }

    // One after the other: a storm of handshakes is another test, and most of its work would be the attacker's own.
    private static async Task<(TimeSpan? Held, bool WasRefused)> StartAsync(Webhook webhook, SlowPart part, int number, CancellationToken cancellation)
    {
        await Task.Delay(Between * number, cancellation);
        return await SlowConnection.RunAsync(webhook.Address, part, Patience, cancellation);
    }

    private static string Text(SlowPart part) => part switch
    {
        SlowPart.Handshake => "handshake",
        SlowPart.Headers => "headers",
        _ => "body",
    };
}
