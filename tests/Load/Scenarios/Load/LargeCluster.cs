using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
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
        using var client = webhook.Trust.Client(TimeSpan.FromSeconds(10));
        var review = LoadReviews.Asking("true");
        for (var i = 0; i < Edits; i++)
        {
            var host = string.Create(CultureInfo.InvariantCulture, $"collector-{i}.example");
            await File.WriteAllTextAsync(file, ClusterObjects.Endpoint($"http://{host}:4317"), cancellation);
            var watch = Stopwatch.StartNew();
            while (!await PatchHasAsync(client, webhook, review, host, cancellation))
            {
                if (watch.Elapsed > TimeSpan.FromSeconds(60)) throw new InvalidOperationException("an edit was not felt within 60 s");
                await Task.Delay(10, cancellation);
            }

            times.Add(watch.Elapsed);
        }

        return times;
    }

    private static async Task<bool> PatchHasAsync(HttpClient client, Webhook webhook, byte[] review, string text, CancellationToken cancellation)
    {
        using var content = new ByteArrayContent(review);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await client.PostAsync(new Uri(webhook.Process.Address, "/mutate-v1-pod"), content, cancellation);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellation));
        return answer.RootElement.GetProperty("response").TryGetProperty("patch", out var patch)
            && System.Text.Encoding.UTF8.GetString(patch.GetBytesFromBase64()).Contains(text, StringComparison.Ordinal);
    }
}
