using System.Globalization;
using Spanhook.Load.Generating;
using Spanhook.Load.Pods;
using Spanhook.Load.Serving;

namespace Spanhook.Load.Scenarios.Faults;

/// <summary>
/// Something happens to the API server while 300 admissions per second go on. None may fail, readiness stays, and what is changed afterwards is felt.
/// </summary>
internal abstract class ApiServerFault : IScenario
{
    private int _edits;

    public abstract string Name { get; }

    public abstract string Title { get; }

    public IReadOnlyList<string> Needs => ["--api-server", "--kubeconfig"];

    /// <summary>What the load's pods are: those that need no object of the cluster, when there are none at times.</summary>
    protected virtual ReviewMix Mix => LoadReviews.Mix();

    public async Task<ScenarioResult> RunAsync(ScenarioContext context, CancellationToken cancellation)
    {
        await using var cluster = await FakeCluster.StartAsync(context.Folder);
        using var certificates = new CertificateFolder(Directory.CreateTempSubdirectory("spanhook-certificates-").FullName);
        Prepare(cluster);
        using var webhook = await context.StartWarmAgainstAsync(cluster, cancellation, "--tls-dir", certificates.Folder);
        var result = new ScenarioResult();
        await using var load = BackgroundLoad.Start(cancellation, webhook.Plan(Mix, 300, TimeSpan.FromSeconds(1)));
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var unready = WatchReadinessAsync(webhook, over.Token);
        await RunAsync(context, cluster, webhook, result, cancellation);
        await over.CancelAsync();
        var all = await load.StopAsync();
        return result.AllAnswered(all).Latencies(all).Exactly("readiness said no", await unready, "", 0).Exactly("process ended", webhook.Process.HasEnded ? 1 : 0, "", 0);
    }

    /// <summary>Before the server starts.</summary>
    protected virtual void Prepare(FakeCluster cluster)
    {
    }

    protected abstract Task RunAsync(ScenarioContext context, FakeCluster cluster, Webhook webhook, ScenarioResult result, CancellationToken cancellation);

    /// <summary>Edits the Instrumentation; how many seconds until a pod's patch has the edit.</summary>
    protected async Task<double> EditIsFeltAsync(FakeCluster cluster, Webhook webhook, CancellationToken cancellation)
    {
        var host = string.Create(CultureInfo.InvariantCulture, $"collector-{++_edits}.example");
        cluster.PutEndpoint(host);
        using var probe = new PatchProbe(webhook);
        return (await probe.UntilHasAsync(host, TimeSpan.FromSeconds(120), cancellation)).TotalSeconds;
    }

    private static async Task<int> WatchReadinessAsync(Webhook webhook, CancellationToken cancellation)
    {
        var unready = 0;
        try
        {
            while (true)
            {
                if (!await webhook.IsReadyAsync(cancellation)) unready++;
                await Task.Delay(500, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return unready;
        }
    }
}
