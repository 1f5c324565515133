using System.Globalization;
using Spanhook.Load.Pods;
using Spanhook.Load.Serving;

namespace Spanhook.Load.Scenarios.Load;

/// <summary>A long ordinary day in a short time: what leaks shows.</summary>
internal sealed class Soak : IScenario
{
    private static readonly TimeSpan RotateEvery = TimeSpan.FromSeconds(60);

    public string Name => "soak";

    public string Title => "300 req/s for 15 minutes; a policy is edited and a namespace comes and goes every second, the certificate is new every minute";

    public async Task<ScenarioResult> RunAsync(ScenarioContext context, CancellationToken cancellation)
    {
        using var replicas = await Replicas.StartAsync(context, 1, cancellation);
        var (webhook, duration) = (replicas[0], context.Duration(900));
        await using var load = BackgroundLoad.Start(cancellation, replicas.Plans(300));
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var edits = EditAsync(context.Cluster, replicas.Certificates, over.Token);
        var samples = await SampleAsync(webhook, duration, cancellation);
        await over.CancelAsync();
        var (edited, rotated) = await edits;
        var all = await load.StopAsync();
        return Judge(samples, new ScenarioResult().AllAnswered(all).Latencies(all))
            .Info("edits of the policy, and of namespaces", edited, "")
            .Info("certificates", rotated, "")
            .Exactly("process ended", webhook.Process.HasEnded ? 1 : 0, "", 0)
            .Note("The first fifth of the time is the warm-up, and not in the line through the memory. Over less than two hours the slope is mostly noise: growth is what the line makes of the time after the warm-up.");
    }

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

    private static async Task<(int Edits, int Rotations)> EditAsync(string cluster, CertificateFolder certificates, CancellationToken cancellation)
    {
        var (edits, rotations, start) = (0, 0, TimeProvider.System.GetTimestamp());
        try
        {
            while (true)
            {
                await File.WriteAllTextAsync(Path.Combine(cluster, "policy.yaml"), ClusterObjects.Policy("churn", (edits % 1000).ToString(CultureInfo.InvariantCulture)), cancellation);
                var (come, go) = (Path.Combine(cluster, $"namespace-{edits}.yaml"), Path.Combine(cluster, $"namespace-{edits - 5}.yaml"));
                await File.WriteAllTextAsync(come, ClusterObjects.Namespace($"churn-{edits}"), cancellation);
                File.Delete(go);
                edits++;
                if (TimeProvider.System.GetElapsedTime(start) > RotateEvery * (rotations + 1))
                {
                    certificates.Rotate();
                    rotations++;
                }

                await Task.Delay(TimeSpan.FromSeconds(1), cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return (edits, rotations);
        }
    }

    private readonly record struct Sample(double Hours, double MiB, int Handles, int Sockets, int Threads);
}
