using Spanhook.Load.Generating;
using Spanhook.Load.Pods;
using Spanhook.Load.Serving;

namespace Spanhook.Load.Scenarios.Faults;

internal sealed class ApiServerDown : ApiServerFault
{
    public override string Name => "F1";

    public override string Title => "the API server is down for 60 s while admissions go on";

    protected override async Task RunAsync(ScenarioContext context, FakeCluster cluster, Webhook webhook, ScenarioResult result, CancellationToken cancellation)
    {
        await cluster.Server.DownAsync();
        await Task.Delay(context.Duration(60), cancellation);
        await cluster.Server.UpAsync();
        // The longest pause between attempts is 30 s.
        result.AtMost("an edit after it is back is felt after", await EditIsFeltAsync(cluster, webhook, cancellation), "s", 35);
    }
}

internal sealed class ApiServerRestarts : ApiServerFault
{
    public override string Name => "F2";

    public override string Title => "the API server is restarted ×20, down for half a second to two";

    protected override async Task RunAsync(ScenarioContext context, FakeCluster cluster, Webhook webhook, ScenarioResult result, CancellationToken cancellation)
    {
        var (slowest, most, times) = (0.0, 0, context.Times(20));
        for (var i = 0; i < times; i++)
        {
            var lists = Lists(cluster);
            await cluster.Server.DownAsync();
            await Task.Delay(TimeSpan.FromSeconds(0.5 + (i % 4 * 0.5)), cancellation);
            await cluster.Server.UpAsync();
            slowest = Math.Max(slowest, await EditIsFeltAsync(cluster, webhook, cancellation));
            most = Math.Max(most, Lists(cluster) - lists);
        }

        result.Info("restarts", times, "").AtMost("an edit after a restart is felt after, slowest", slowest, "s", 5).AtMost("lists of a resource per restart", most, "", 2);
    }

    private static int Lists(FakeCluster cluster) => cluster.Server.Requests.Count(r => r.IsList && r.Path == cluster.Instrumentations.Path);
}

internal sealed class WatchFaults : ApiServerFault
{
    public override string Name => "F3";

    public override string Title => "watches: 410 as an event, 410 as a status, closed, cut, silent; the network silent";

    protected override async Task RunAsync(ScenarioContext context, FakeCluster cluster, Webhook webhook, ScenarioResult result, CancellationToken cancellation)
    {
        async Task AfterAsync(string what, double limit, Action fault)
        {
            fault();
            result.AtMost($"{what}: an edit is felt after", await EditIsFeltAsync(cluster, webhook, cancellation), "s", limit);
        }

        await AfterAsync("410 as an event within the watch", 5, () => cluster.Instrumentations.SendError(410, "Expired"));
        await AfterAsync("410 as the status of the watch", 5, () =>
        {
            cluster.PutEndpoint("compacted.example");
            cluster.Instrumentations.Compact();
            cluster.Instrumentations.CloseWatches();
        });
        await AfterAsync("watches closed", 5, () => cluster.Instrumentations.CloseWatches());
        await AfterAsync("connections cut", 5, cluster.Network.Cut);
        await AfterAsync("a watch that says nothing any more", 60, () => cluster.Instrumentations.SilenceWatches());
        cluster.Network.IsSilent = true;
        await Task.Delay(context.Duration(90), cancellation);
        cluster.Network.IsSilent = false;
        await AfterAsync("a network that dropped everything for 90 s", 35, () => { });
    }
}

internal sealed class Rollback : ApiServerFault
{
    public override string Name => "F4";

    public override string Title => "etcd is compacted, and restored from a backup: resource versions go backwards";

    protected override async Task RunAsync(ScenarioContext context, FakeCluster cluster, Webhook webhook, ScenarioResult result, CancellationToken cancellation)
    {
        cluster.PutEndpoint("of-the-backup.example");
        using var probe = new PatchProbe(webhook);
        await probe.UntilHasAsync("of-the-backup.example", TimeSpan.FromSeconds(10), cancellation);
        var backup = cluster.Server.Backup();
        for (var i = 0; i < 50; i++) cluster.PutEndpoint($"after-the-backup-{i}.example");
        foreach (var resource in cluster.Watched) resource.Compact();
        await probe.UntilHasAsync("after-the-backup-49.example", TimeSpan.FromSeconds(30), cancellation);
        cluster.Server.Restore(backup);
        result.AtMost("the restored objects are felt after", (await probe.UntilHasAsync("of-the-backup.example", TimeSpan.FromSeconds(120), cancellation)).TotalSeconds, "s", 10);
        result.AtMost("an edit after the restore is felt after", await EditIsFeltAsync(cluster, webhook, cancellation), "s", 5);
    }
}

internal sealed class DefinitionsGone : ApiServerFault
{
    public override string Name => "F5";

    public override string Title => "the definition of TracingPolicy is missing at the start; that of Instrumentation is deleted and comes back";

    protected override ReviewMix Mix => LoadReviews.NotSelected();

    protected override void Prepare(FakeCluster cluster) => cluster.Policies.Remove();

    protected override async Task RunAsync(ScenarioContext context, FakeCluster cluster, Webhook webhook, ScenarioResult result, CancellationToken cancellation)
    {
        result.AtMost("an edit is felt without TracingPolicy after", await EditIsFeltAsync(cluster, webhook, cancellation), "s", 1);
        cluster.Policies.Restore();
        cluster.Instrumentations.Remove();
        using var probe = new PatchProbe(webhook);
        while ((await probe.PatchAsync(cancellation)).Length > 0) await Task.Delay(50, cancellation);
        await Task.Delay(context.Duration(20), cancellation);
        cluster.Instrumentations.Restore();
        result.AtMost("back: an object is felt after", await EditIsFeltAsync(cluster, webhook, cancellation), "s", 10);
    }
}

/// <summary>A Namespace is created and a pod in it right after: the webhook may not have heard of it.</summary>
internal sealed class UnknownNamespace : ApiServerFault
{
    public override string Name => "F6";

    public override string Title => "pods of a namespace that the webhook has not heard of, at 300 req/s";

    protected override ReviewMix Mix => LoadReviews.OfNamespace("created-just-now");

    protected override async Task RunAsync(ScenarioContext context, FakeCluster cluster, Webhook webhook, ScenarioResult result, CancellationToken cancellation)
    {
        var pods = await LoadGenerator.RunAsync(webhook.Plan(Mix, 300, context.Duration(10)), cancellation);
        result.AllAnswered(pods, "not injected, nor refused: ").AtMost("p99 of them", pods.Latency.Quantile(0.99) / 1000.0, "ms", 100);
    }
}
