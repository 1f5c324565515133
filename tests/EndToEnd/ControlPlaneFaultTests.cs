using static Spanhook.EndToEnd.Support.PodView;

namespace Spanhook.EndToEnd;

/// <summary>What happens to an API server happens to every webhook's watches. What was known still counts, and what is new is seen soon after.</summary>
public sealed class ControlPlaneFaultTests(TestCluster cluster)
{
    private static readonly TimeSpan Resync = TimeSpan.FromSeconds(10);

    [ClusterFact]
    public async Task After_a_restart_of_the_API_server_new_Instrumentations_are_seen()
    {
        var plane = cluster.OwnControlPlane;
        await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "restart");
        await ns.ApplyInstrumentationAsync();
        await ns.SeesAsync("the Instrumentation", Resync, IsInjected, (InjectJava, "true"));

        await plane.KillApiServerAsync();
        await plane.StartApiServerAsync();

        await ns.SeesAsync("pods are injected from what was known", Resync, pod => Endpoint(pod) == "http://otel-collector.observability:4318", (InjectJava, "true"));
        await ns.ApplyInstrumentationAsync(endpoint: "http://after-restart:4318");
        await ns.SeesAsync("what changed after the restart", Resync, pod => Endpoint(pod) == "http://after-restart:4318", (InjectJava, "true"));
    }

    [ClusterFact]
    public async Task Five_restarts_of_the_API_server_cost_no_pod_its_tracing_and_at_most_two_lists_of_each_collection()
    {
        const int restarts = 5;
        var plane = cluster.OwnControlPlane;
        await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "restarts");
        await ns.ApplyInstrumentationAsync();
        await ns.SeesAsync("the Instrumentation", Resync, IsInjected, (InjectJava, "true"));
        await using var pods = new PodStream(ns);

        for (var restart = 1; restart <= restarts; restart++)
        {
            var seen = plane.Audit().Count;
            await plane.KillApiServerAsync();
            await plane.StartApiServerAsync();
            await ns.ApplyInstrumentationAsync("probe", $"http://after-{restart}:4318");
            var took = await ns.SeesAsync($"what changed after restart {restart}", TimeSpan.FromSeconds(5), pod => Endpoint(pod) == $"http://after-{restart}:4318", (InjectJava, "probe"));

            var lists = plane.Audit().Skip(seen).Where(asked => asked is { Verb: "list", Code: 200 } && !IsOfStatuses(asked)).CountBy(asked => asked.Resource, StringComparer.Ordinal).ToList();
            Assert.All(lists, list => Assert.True(list.Value <= 2, $"{list.Value} lists of {list.Key} after restart {restart}"));
            TestContext.Current.TestOutputHelper?.WriteLine($"restart {restart}: felt after {took.TotalSeconds:0.0} s; lists: {string.Join(' ', lists.Select(list => $"{list.Key} {list.Value}"))}");
        }

        await pods.StopAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(pods.Story);
        Assert.True(pods.Wrong.Count == 0, pods.Story);
        Assert.True(pods.Created >= restarts * 3, pods.Story);
    }

    // Whoever begins to write the statuses lists them once, in smaller pages than a watch does.
    private static bool IsOfStatuses(AuditEvent asked) => asked.Uri.Contains("limit=250", StringComparison.Ordinal);

    [ClusterFact]
    public async Task A_cut_watch_goes_on_where_it_was()
    {
        _ = cluster.OwnControlPlane;
        var webhook = await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "cut");
        await ns.ApplyInstrumentationAsync();
        await ns.SeesAsync("the Instrumentation", Resync, IsInjected, (InjectJava, "true"));

        for (var round = 1; round <= 3; round++)
        {
            webhook.Relay!.Cut();
            await ns.ApplyInstrumentationAsync(endpoint: $"http://round-{round}:4318");
            await ns.SeesAsync($"what changed beside cut {round}", Resync, pod => Endpoint(pod) == $"http://round-{round}:4318", (InjectJava, "true"));
        }
    }

    [ClusterFact]
    public async Task What_changed_while_the_API_server_could_not_be_reached_is_seen_afterwards_though_etcd_forgot_it()
    {
        var plane = cluster.OwnControlPlane;
        var webhook = await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "compacted");
        await ns.ApplyInstrumentationAsync();
        await ns.ApplyInstrumentationAsync("second");
        await ns.SeesAsync("the Instrumentation", Resync, IsInjected, (InjectJava, "second"));

        webhook.Relay!.Close();
        try
        {
            await ns.ApplyInstrumentationAsync(endpoint: "http://while-away:4318");
            await cluster.Kubectl.RunAsync("delete", "instrumentation", "second", "-n", ns.Name);
            Assert.Equal("http://otel-collector.observability:4318", Endpoint(await ns.DryRunAsync((InjectJava, "default")))); // stale, but served

            // Without its watch cache and without etcd's history, the API server answers the old resource version with 410 Gone.
            await plane.KillApiServerAsync();
            await plane.Etcd.CompactAsync();
            await plane.StartApiServerAsync();
        }
        finally
        {
            webhook.Relay.Open();
        }

        var patience = TimeSpan.FromSeconds(40); // its back-off has grown to 30 s at most
        await ns.SeesAsync("what was changed meanwhile", patience, pod => Endpoint(pod) == "http://while-away:4318", (InjectJava, "default"));
        await ns.SeesAsync("what was deleted meanwhile", Resync, pod => !IsInjected(pod), (InjectJava, "second"));
    }

    [ClusterFact]
    public async Task A_CRD_that_is_deleted_and_comes_back_is_followed()
    {
        _ = cluster.OwnControlPlane;
        var webhook = await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "crd");
        await ns.ApplyInstrumentationAsync();
        await ns.SeesAsync("the Instrumentation", Resync, IsInjected, (InjectJava, "true"));

        await cluster.Kubectl.RunAsync("delete", "crd", "instrumentations.opentelemetry.io");
        await ns.SeesAsync("the Instrumentations are gone", Resync, pod => !IsInjected(pod), (InjectJava, "true"));
        webhook.Server.ThrowIfEnded();

        await cluster.ReinstallDefinitionsAsync();
        await ns.ApplyInstrumentationAsync();
        await ns.SeesAsync("the Instrumentations are back", TimeSpan.FromSeconds(40), IsInjected, (InjectJava, "true"));
        await webhook.RestoreProbesAsync();
    }
}
