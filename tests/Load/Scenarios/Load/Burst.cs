using Spanhook.Load.Generating;
using Spanhook.Load.Pods;

namespace Spanhook.Load.Scenarios.Load;

/// <summary>A node pool is lost while nobody expects it.</summary>
internal sealed class Burst : IScenario
{
    public string Name => "L2";

    public string Title => "5,000 req/s for 60 s after 10 idle minutes, then 1,000 req/s";

    public async Task<ScenarioResult> RunAsync(ScenarioContext context, CancellationToken cancellation)
    {
        using var webhook = await context.StartWarmAsync(cancellation);
        var duration = context.Duration(60);
        await Task.Delay(duration * 10, cancellation);
        var burst = await LoadGenerator.RunAsync(webhook.Plan(LoadReviews.Mix(), 5000, duration), cancellation);
        var recovering = await LoadGenerator.RunAsync(webhook.Plan(LoadReviews.Mix(), 1000, TimeSpan.FromSeconds(5)), cancellation);
        var after = await LoadGenerator.RunAsync(webhook.Plan(LoadReviews.Mix(), 1000, TimeSpan.FromSeconds(10)), cancellation);
        return new ScenarioResult()
            .AllAnswered(burst, "burst: ").Latencies(burst, "burst: ", p99: 50).Generator(burst, "burst: ")
            .AllAnswered(recovering, "first 5 s after: ")
            .AllAnswered(after, "from 5 s after: ").Latencies(after, "from 5 s after: ", p50: 1, p99: 10, p999: 50, max: 250);
    }
}
