using System.Globalization;
using Spanhook.Load.Generating;
using Spanhook.Load.Pods;
using Spanhook.Load.Serving;

namespace Spanhook.Load.Scenarios.Load;

/// <summary>What a webhook knows must not be what its answers wait for.</summary>
internal sealed class LargeCluster : IScenario
{
    private const int Edits = 20;
    private const string OwnObjects = "cluster.yaml";

    public string Name => "L8";

    public string Title => "10,000 namespaces, 1,000 policies, 5,000 Instrumentations from a folder; L1, and 20 edits";

    public async Task<ScenarioResult> RunAsync(ScenarioContext context, CancellationToken cancellation)
    {
        var duration = context.Duration(60);
        var small = await SmallAsync(context, duration, cancellation);
        ClusterObjects.WriteLarge(context.Cluster, 10_000, 1_000, 5_000);
        using var webhook = await context.StartWarmAsync(cancellation);
        var measured = await Measured.RunAsync(webhook, webhook.Plan(LoadReviews.Mix(), 1000, duration), cancellation);
        var visible = await EditAsync(context, webhook, cancellation);
        var limit = Math.Max(small.Latency.Quantile(0.99) / 1000.0 * 1.2, 1);
        return new ScenarioResult()
            .AtMost("start of the process to ready", webhook.ReadyAfter.TotalSeconds, "s", 10)
            .AllAnswered(measured.Load).Latencies(measured.Load, p50: 1, p99: 10, p999: 50, max: 250)
            .Info("p99 with a small cluster, measured just before", small.Latency.Quantile(0.99) / 1000.0, "ms")
            .AtMost("p99, against that of the small cluster and a fifth", measured.Load.Latency.Quantile(0.99) / 1000.0, "ms", limit)
            .AtMost("server's peak resident memory under load", measured.PeakMiB, "MiB", 256)
            .Info("an edit is felt after, median", visible.Quantile(0.5) / 1e6, "s")
            .AtMost("an edit is felt after, slowest of 20", visible.Max / 1e6, "s", 1)
            .AtMost("server's peak resident memory with the edits", webhook.Figures.PeakMiB, "MiB", 256)
            .Note("A folder of YAML is read whole at every change; from an API server only what changed comes.");
    }

    private static async Task<LoadResult> SmallAsync(ScenarioContext context, TimeSpan duration, CancellationToken cancellation)
    {
        using var webhook = await context.StartWarmAsync(cancellation);
        return await LoadGenerator.RunAsync(webhook.Plan(LoadReviews.Mix(), 1000, duration), cancellation);
    }

    private static async Task<Histogram> EditAsync(ScenarioContext context, Webhook webhook, CancellationToken cancellation)
    {
        var (times, file) = (new Histogram(), Path.Combine(context.Cluster, OwnObjects));
        using var probe = new PatchProbe(webhook);
        for (var i = 0; i < Edits; i++)
        {
            var host = string.Create(CultureInfo.InvariantCulture, $"collector-{i}.example");
            await File.WriteAllTextAsync(file, ClusterObjects.Endpoint($"http://{host}:4317"), cancellation);
            times.Add(await probe.UntilHasAsync(host, TimeSpan.FromSeconds(60), cancellation));
        }

        return times;
    }
}
