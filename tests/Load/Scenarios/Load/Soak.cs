using System.Globalization;
using Spanhook.Load.Generating;
using Spanhook.Load.Pods;
using Spanhook.Load.Serving;

namespace Spanhook.Load.Scenarios.Load;

/// <summary>A long ordinary day in a short time: what leaks shows.</summary>
internal sealed class Soak : IScenario
{
    private const int Breaks = 3;

    // A leaf each minute, an authority each 200 seconds or sooner.
    private static readonly string[] Lifetimes = ["--leaf-lifetime", "90s", "--ca-lifetime", "300s", "--ca-publish-delay", "10s", "--ca-retire-delay", "30s"];
    private static readonly TimeSpan BundleDelay = TimeSpan.FromSeconds(2);

    public string Name => "soak";

    public string Title => "300 req/s for 15 minutes; each second a policy is edited and a namespace comes and goes, each minute the certificate is new, each 5 minutes all watches break";

    public IReadOnlyList<string> Needs => ["--api-server", "--kubeconfig", "--ca-lifetime", "--leaf-lifetime", "--ca-publish-delay", "--ca-retire-delay"];

    public async Task<ScenarioResult> RunAsync(ScenarioContext context, CancellationToken cancellation)
    {
        await using var cluster = await FakeCluster.StartAsync(context.Folder);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var bundle = new CaBundleFile(cluster, Path.Combine(context.Folder, "ca-bundle.crt"), BundleDelay);
        var following = bundle.FollowAsync(over.Token);
        using var webhook = await context.StartAgainstAsync(cluster, cancellation, [.. Lifetimes, "--dns-name", "localhost", "--namespace", "spanhook", Webhook.TrustOption, bundle.File]);
        var duration = context.Duration(900);
        await using var load = BackgroundLoad.Start(cancellation, Plan(webhook, 270), Plan(webhook, 30, keepAlive: false) with { Connections = 2 });
        var churn = ChurnAsync(cluster, webhook, duration / Breaks, over.Token);
        var samples = await SampleAsync(webhook, duration, cancellation);
        await over.CancelAsync();
        var (edits, breaks, leaves) = await churn;
        await following;
        var all = await load.StopAsync();
        return Judge(samples, new ScenarioResult().AllAnswered(all).Latencies(all))
            .AtLeast("edits of the policy, and of namespaces", edits, "", Math.Floor(duration.TotalSeconds * 0.9))
            .AtLeast("times that all watches broke", breaks, "", Breaks - 1)
            .AtLeast("certificates that clients have seen", leaves, "", Math.Max(1, Math.Floor(duration.TotalMinutes * 0.9)))
            .Info("authorities in caBundle, one after the other", bundle.Seen.Count, "")
            .Exactly("process ended", webhook.Process.HasEnded ? 1 : 0, "", 0)
            .Note($"The API server is a scripted one; {string.Join(' ', Lifetimes)}. The first fifth of the time is the warm-up, and not in the line through the memory. Over less than two hours the slope is mostly noise: growth is what the line makes of the time after the warm-up.");
    }

    private static LoadPlan Plan(Webhook webhook, double rate, bool keepAlive = true) => webhook.Plan(LoadReviews.Mix(keepAlive), rate, TimeSpan.FromSeconds(1));

    private static ScenarioResult Judge(List<Sample> all, ScenarioResult result)
    {
        var samples = all.Skip(all.Count / 5).ToList();
        var memory = Trend.Of([.. samples.Select(s => (s.Hours, s.MiB))]);
        var hours = samples[^1].Hours - samples[0].Hours;
        result.Info("resident memory, median", Median(samples, s => s.MiB), "MiB").Info("slope of the resident memory", memory.Slope, "MiB/h").Info("95 % bound above the slope", memory.Upper, "MiB/h");
        if (hours >= 1.5) result.AtMost("slope of the resident memory, 95 % bound", memory.Upper, "MiB/h", 2);
        else result.AtMost("growth of the resident memory after the warm-up, 95 % bound below", Math.Max(0, memory.Lower * hours), "MiB", 1);
        foreach (var (name, value) in (ReadOnlySpan<(string, Func<Sample, double>)>)[("open files", s => s.Handles), ("sockets", s => s.Sockets), ("threads", s => s.Threads)])
        {
            var (first, last) = (Median([.. samples.Take(samples.Count / 3)], value), Median([.. samples.Skip(samples.Count * 2 / 3)], value));
            // Five percent, and at least as much as chance makes of a small number.
            result.AtMost($"{name}: last third over first third ({Figure.Text(first)})", last - first, "", Math.Max(4, first * 0.05));
        }

        return result;
    }

    private static double Median(List<Sample> samples, Func<Sample, double> value) => samples.Select(value).Order().ElementAt(samples.Count / 2);

    private static async Task<List<Sample>> SampleAsync(Webhook webhook, TimeSpan duration, CancellationToken cancellation)
    {
        var (samples, start) = (new List<Sample>(), TimeProvider.System.GetTimestamp());
        while (TimeProvider.System.GetElapsedTime(start) is var elapsed && elapsed < duration)
        {
            var figures = webhook.Figures;
            samples.Add(new Sample(elapsed.TotalHours, figures.ResidentMiB, figures.Handles, figures.Sockets, figures.Threads));
            await Task.Delay(TimeSpan.FromSeconds(0.5), cancellation);
        }

        return samples;
    }

    private static async Task<(int Edits, int Breaks, int Leaves)> ChurnAsync(FakeCluster cluster, Webhook webhook, TimeSpan breakEvery, CancellationToken cancellation)
    {
        var (edits, breaks, start, leaves) = (0, 0, TimeProvider.System.GetTimestamp(), new HashSet<string>(StringComparer.Ordinal));
        try
        {
            while (true)
            {
                cluster.PutPolicy("churn", Name(edits));
                cluster.Namespaces.Put(FakeCluster.Named(Name(edits)));
                cluster.Namespaces.Delete(Name(edits - 5));
                edits++;
                if (TimeProvider.System.GetElapsedTime(start) > breakEvery * (breaks + 1))
                {
                    foreach (var resource in cluster.Watched) resource.CutWatches();
                    breaks++;
                }

                if (edits % 10 == 0) leaves.Add(await CertificateProbe.SerialAsync(webhook, cancellation));
                await Task.Delay(TimeSpan.FromSeconds(1), cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return (edits, breaks, leaves.Count);
        }

        static string Name(int i) => string.Create(CultureInfo.InvariantCulture, $"churn-{i}");
    }

    private readonly record struct Sample(double Hours, double MiB, int Handles, int Sockets, int Threads);
}
