using static Spanhook.EndToEnd.Support.PodView;

namespace Spanhook.EndToEnd;

/// <summary>What people see with <c>kubectl events</c> and <c>kubectl describe</c> of the workload that asked.</summary>
public sealed class EventTests(TestCluster cluster)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    [ClusterFact]
    public async Task An_injected_Deployment_is_told_once_however_many_pods_it_has()
    {
        await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "told");
        await ns.ApplyInstrumentationAsync();
        await ns.SeesAsync("the Instrumentation", Patience, IsInjected, (InjectJava, "true"));
        await ns.DeployAsync("web", (InjectJava, "true"));
        if (cluster.HasControllers) await cluster.Kubectl.RunAsync("scale", "deployment", "web", "-n", ns.Name, "--replicas=4");
        Assert.True(IsInjected(await ns.PodOfAsync("web")));

        var shown = await ShownAsync(ns, "deployment/web", "Injected");

        Assert.Contains($"Injected java into container app as Instrumentation {ns.Name}/default says", shown, StringComparison.Ordinal);
        var told = Assert.Single(await OursAsync(ns));
        Assert.Equal(("Normal", "Deployment", "apps/v1", "web"), (Text(told, "type"), Text(told, "involvedObject", "kind"), Text(told, "involvedObject", "apiVersion"), Text(told, "involvedObject", "name")));
        Assert.Null(told["involvedObject"]!["uid"]);
    }

    [ClusterFact]
    public async Task Kubectl_describe_of_what_its_pods_are_owned_by_says_why_its_pods_were_not_injected()
    {
        Assert.SkipUnless(cluster.HasControllers, "nobody makes the pods of a ReplicaSet here");
        await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "described");
        await cluster.Kubectl.ApplyAsync($$"""
            apiVersion: apps/v1
            kind: ReplicaSet
            metadata: {name: db, namespace: {{ns.Name}} }
            spec:
              selector: {matchLabels: {app: db} }
              template:
                metadata: {labels: {app: db}, annotations: { {{InjectJava}}: "no-such"} }
                spec: {containers: [{name: app, image: "registry.example/db:1"}]}
            """);

        await Soon.TrueAsync("kubectl describe shows it", Patience, async () => (await cluster.Kubectl.RunAsync("describe", "replicaset", "db", "-n", ns.Name)).Out.Contains("InjectionSkipped", StringComparison.Ordinal));

        var described = (await cluster.Kubectl.RunAsync("describe", "replicaset", "db", "-n", ns.Name)).Out;
        Assert.Contains("instrumentation_not_found", described, StringComparison.Ordinal);
        Assert.Contains("spanhook", described, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task A_pod_on_its_own_is_told_by_its_name_and_one_that_did_not_ask_is_not_told()
    {
        await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "alone");
        await ns.CreatePodAsync("quiet");
        await ns.DryRunAsync((InjectJava, "no-such"));
        await ns.CreatePodAsync("asks", (InjectJava, "no-such"));

        var shown = await ShownAsync(ns, "pod/asks", "InjectionSkipped");

        Assert.Contains("instrumentation_not_found", shown, StringComparison.Ordinal);
        Assert.Equal(["asks"], (await OursAsync(ns)).Select(told => Text(told, "involvedObject", "name")));
    }

    [ClusterFact]
    public async Task A_pod_that_a_policy_asks_for_is_told_and_its_maker_is_warned()
    {
        await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "by-policy");
        await ns.ApplyPolicyAsync("inject: {languages: [java]}");
        KubectlResult? answer = null;
        var number = 0;
        await Soon.TrueAsync("a warning without an annotation", Patience, async () => (answer = await ns.CreatePodAsync($"pod-{number++}")).Error.Contains("instrumentation_not_found", StringComparison.Ordinal));
        Assert.True(answer!.Succeeded);
        Assert.Contains("Warning:", answer.Error, StringComparison.Ordinal);
        await ShownAsync(ns, $"pod/pod-{number - 1}", "instrumentation_not_found");
    }

    private async Task<string> ShownAsync(TestNamespace ns, string workload, string text)
    {
        var shown = "";
        await Soon.TrueAsync($"kubectl events --for {workload} shows {text}", Patience, async () =>
            (shown = (await cluster.Kubectl.RunAsync("events", "-n", ns.Name, "--for", workload)).Out).Contains(text, StringComparison.Ordinal));
        return shown;
    }

    private async Task<IReadOnlyList<JsonNode>> OursAsync(TestNamespace ns) =>
        [.. (await cluster.Kubectl.ListAsync("events", ns.Name)).Where(told => told["source"]?["component"]?.GetValue<string>() == "spanhook")];

    private static string Text(JsonNode node, params string[] path) => path.Aggregate(node, (at, field) => at[field]!).GetValue<string>();
}
