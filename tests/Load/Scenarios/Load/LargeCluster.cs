using System.Globalization;
using Spanhook.Load.Generating;
using Spanhook.Load.Pods;
using Spanhook.Load.Serving;

namespace Spanhook.Load.Scenarios.Load;

/// <summary>What a webhook knows must not be what its answers wait for.</summary>
internal sealed class LargeCluster : IScenario
{
    private const int Edits = 100;

    public string Name => "L8";

    public string Title => $"an API server with 10,000 namespaces, 1,000 policies, 5,000 Instrumentations; L1 for 60 s, then {Edits} edits";

    public IReadOnlyList<string> Needs => ["--api-server", "--kubeconfig"];

    public async Task<ScenarioResult> RunAsync(ScenarioContext context, CancellationToken cancellation)
    {
        var duration = context.Duration(60);
        using var certificates = new CertificateFolder(Path.Combine(context.Folder, "certificates"));
        await using var cluster = await FakeCluster.StartAsync(context.Folder);
        var small = await SmallAsync(context, cluster, certificates, duration, cancellation);
        cluster.PutMany(10_000, 1_000, 5_000);
        using var webhook = await context.StartWarmAgainstAsync(cluster, cancellation, "--tls-dir", certificates.Folder);
        var measured = await Measured.RunAsync(webhook, webhook.Plan(LoadReviews.Mix(), 1000, duration), cancellation);
        var visible = await EditAsync(cluster, webhook, context.Times(Edits), cancellation);
        var limit = Math.Max(small.Latency.Quantile(0.99) / 1000.0 * 1.2, 1);
        return new ScenarioResult()
            .AtMost("start of the process to ready", webhook.ReadyAfter.TotalSeconds, "s", 10)
            .AllAnswered(measured.Load).Latencies(measured.Load, p50: 1, p99: 10, p999: 50, max: 250)
            .Info("p99 with a small cluster, measured just before", small.Latency.Quantile(0.99) / 1000.0, "ms")
            .AtMost("p99, against that of the small cluster and a fifth, or 1 ms", measured.Load.Latency.Quantile(0.99) / 1000.0, "ms", limit)
            .AtMost("server's peak resident memory under load", measured.PeakMiB, "MiB", 256)
            .Info("an edit is felt after, median", visible.Quantile(0.5) / 1e6, "s")
            .AtMost("an edit is felt after, p99", visible.Quantile(0.99) / 1e6, "s", 1)
            .AtMost("server's peak resident memory with the edits", webhook.Figures.PeakMiB, "MiB", 256)
            .Note("The API server is a scripted one on the same cores; an edit is felt when a pod's patch has it.");
    }

    private static async Task<LoadResult> SmallAsync(ScenarioContext context, FakeCluster cluster, CertificateFolder certificates, TimeSpan duration, CancellationToken cancellation)
    {
        using var webhook = await context.StartWarmAgainstAsync(cluster, cancellation, "--tls-dir", certificates.Folder);
        return await LoadGenerator.RunAsync(webhook.Plan(LoadReviews.Mix(), 1000, duration), cancellation);
    }

    private static async Task<Histogram> EditAsync(FakeCluster cluster, Webhook webhook, int count, CancellationToken cancellation)
    {
        var times = new Histogram();
        using var probe = new PatchProbe(webhook);
        for (var i = 0; i < count; i++)
        {
            var host = string.Create(CultureInfo.InvariantCulture, $"collector-{i}.example");
            cluster.PutEndpoint(host);
            times.Add(await probe.UntilHasAsync(host, TimeSpan.FromSeconds(60), cancellation));
        }

        return times;
    }
}
