using Spanhook.Load.Generating;
using Spanhook.Load.Pods;

namespace Spanhook.Load.Scenarios.Load;

/// <summary>A replica that was just started gets pods at once.</summary>
internal sealed class ColdStart : IScenario
{
    private const int First = 100;

    public string Name => "L9";

    public string Title => "cold start ×20: ready, then the first 100 requests at 100 req/s";

    public async Task<ScenarioResult> RunAsync(ScenarioContext context, CancellationToken cancellation)
    {
        var (ready, first) = (new Histogram(), new LoadResult());
        for (var i = 0; i < context.Times(20); i++)
        {
            using var webhook = await context.StartAsync(cancellation);
            ready.Add(webhook.ReadyAfter);
            first.Add(await LoadGenerator.RunAsync(webhook.Plan(LoadReviews.Mix(), First, TimeSpan.FromSeconds(1)), cancellation));
        }

        return new ScenarioResult()
            .Info("start of the process to ready, median", ready.Quantile(0.5) / 1000.0, "ms")
            .AtMost("start of the process to ready, slowest", ready.Max / 1000.0, "ms", 2000)
            .AllAnswered(first)
            .Latencies(first, p99: 100);
    }
}
