using Spanhook.Load.Abuse;
using Spanhook.Load.Pods;
using Spanhook.Load.Serving;

namespace Spanhook.Load.Scenarios.Faults;

/// <summary>Frames that ask for work and never wait for it.</summary>
internal sealed class Http2Floods : IScenario
{
    private const int Attackers = 4;
    private const double PerSecond = 100_000;
    private const double Idle = 0.05;

    public string Name => "F30";

    public string Title => "HTTP/2: rapid reset at 100,000 streams/s, floods of SETTINGS, PING and CONTINUATION, beside 300 req/s on HTTP/1.1";

    public async Task<ScenarioResult> RunAsync(ScenarioContext context, CancellationToken cancellation)
    {
        using var webhook = await context.StartWarmAsync(cancellation);
        var result = new ScenarioResult();
        foreach (var flood in Http2Flood.All()) await RunAsync(context, webhook, flood, result, cancellation);
        return result
            .Exactly("process ended", webhook.Process.HasEnded ? 1 : 0, "", 0)
            .Note($"Up to {PerSecond:0} per second over {Attackers} connections; what the server reads slower than that, or ends the connection over, is sent slower. The attackers work on the same cores.");
    }

    private static async Task RunAsync(ScenarioContext context, Webhook webhook, Http2Flood flood, ScenarioResult result, CancellationToken cancellation)
    {
        var duration = context.Duration(15);
        var before = webhook.Figures.ResidentMiB;
        webhook.Figures.ForgetPeak();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await using var load = BackgroundLoad.Start(cancellation, webhook.Plan(LoadReviews.Mix(), 300, TimeSpan.FromSeconds(1)));
        var attackers = Enumerable.Range(0, Attackers).Select(_ => Task.Run(() => flood.RunAsync(webhook.Address, PerSecond / Attackers, over.Token), cancellation)).ToList();
        await Task.Delay(duration, cancellation);
        var ordinary = await load.StopAsync();
        await over.CancelAsync();
        await Task.WhenAll(attackers);
        var idle = await UntilIdleAsync(webhook, cancellation);
        result
            .Info($"{flood.Name}: sent per second", flood.Sent / duration.TotalSeconds, "")
            .Info($"{flood.Name}: connections, of them ended by the server: {flood.EndedByServer}", flood.Connections, "")
            .AllAnswered(ordinary, $"{flood.Name}: mix R: ").Latencies(ordinary, $"{flood.Name}: mix R: ", p99: 100)
            .AtMost($"{flood.Name}: server's CPU idle again after", idle, "s", 5)
            .Info($"{flood.Name}: extra resident memory at its peak", webhook.Figures.PeakMiB - before, "MiB");
    }

    private static async Task<double> UntilIdleAsync(Webhook webhook, CancellationToken cancellation)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(start).TotalSeconds is var seconds && seconds < 30)
        {
            var (from, cpu) = (TimeProvider.System.GetTimestamp(), webhook.Figures.CpuTime);
            await Task.Delay(500, cancellation);
            if ((webhook.Figures.CpuTime - cpu) / TimeProvider.System.GetElapsedTime(from) < Idle) return seconds;
        }

        return 30;
    }
}
