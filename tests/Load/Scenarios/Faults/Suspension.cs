using Spanhook.Load.Generating;
using Spanhook.Load.Pods;
using Spanhook.Load.Serving;

namespace Spanhook.Load.Scenarios.Faults;

/// <summary>A virtual machine is paused and goes on.</summary>
internal sealed class Suspension : IScenario
{
    public string Name => "F14";

    public string Title => "the process is suspended for 10 s under 100 req/s and goes on, ×3";

    public async Task<ScenarioResult> RunAsync(ScenarioContext context, CancellationToken cancellation)
    {
        using var webhook = await context.StartWarmAsync(cancellation);
        var (waits, result) = (context.Duration(10), new ScenarioResult());
        var (held, after) = (new LoadResult(), new LoadResult());
        for (var i = 0; i < context.Times(3); i++)
        {
            await using var load = BackgroundLoad.Start(cancellation, webhook.Plan(LoadReviews.Mix(), 100, TimeSpan.FromSeconds(1)) with { Timeout = waits + TimeSpan.FromSeconds(20), MaxConnections = 1500 });
            await Task.Delay(500, cancellation);
            Signals.Suspend(webhook.Process);
            await Task.Delay(waits, cancellation);
            Signals.Resume(webhook.Process);
            await Task.Delay(1000, cancellation);
            held.Add(await load.StopAsync());
            after.Add(await LoadGenerator.RunAsync(webhook.Plan(LoadReviews.Mix(), 500, TimeSpan.FromSeconds(3)), cancellation));
        }

        return result
            .Info("answered, also after the suspension", held.Answered, "")
            .Info("ended by the server's own time limits", held.Failed, "")
            .AllAnswered(after, "from a second after it goes on: ").Latencies(after, "from a second after it goes on: ", p99: 100)
            .Exactly("process ended", webhook.Process.HasEnded ? 1 : 0, "", 0)
            .Note("The other half of F14, a wall clock that jumps, is a matter of certificates, and their unit tests move the clock.");
    }
}
