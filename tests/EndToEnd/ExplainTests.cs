using static Spanhook.EndToEnd.Support.PodView;

namespace Spanhook.EndToEnd;

/// <summary><c>kubectl spanhook explain</c> and <c>diff</c> say of a workload what its pods then are.</summary>
public sealed class ExplainTests(TestCluster cluster)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    private Plugin Plugin => new(cluster.Kubectl);

    [ClusterFact]
    public async Task The_patch_that_is_explained_makes_the_pod_that_is_stored()
    {
        await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "explained");
        await ns.ApplyInstrumentationAsync();
        await ns.SeesAsync("the new Instrumentation", Soon, IsInjected, (InjectJava, "true"));
        await ns.DeployAsync("web", (InjectJava, "true"));

        var explained = await Plugin.InAsync(ns, "explain", "deployment/web", "-o", "json");

        Assert.True(explained.Succeeded, explained.Error);
        var item = explained.Json[0]!;
        Assert.True(item["injected"]!.GetValue<bool>());
        Assert.True(item["steps"]![0]!["passed"]!.GetValue<bool>());
        var added = item["patch"]!.AsArray().Where(operation => operation!["path"]!.GetValue<string>().StartsWith("/spec/containers/0/env", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(added);
        var pod = await ns.PodOfAsync("web");
        Assert.All(Names(added), name => Assert.Contains(pod["spec"]!["containers"]![0]!["env"]!.AsArray(), variable => variable!["name"]!.GetValue<string>() == name));
        Assert.Equal(1, (await Plugin.InAsync(ns, "diff", "deployment/web")).ExitCode);
    }

    [ClusterFact]
    public async Task A_pod_is_not_injected_then_fresh_then_stale()
    {
        await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "compared");
        await ns.DeployAsync("web", (InjectJava, "true"));
        var old = NameOf(await ns.PodOfAsync("web", pod => !IsInjected(pod)));
        Assert.Equal("untouched", await StateAsync(ns, old));

        await ns.ApplyInstrumentationAsync();
        await ns.SeesAsync("the new Instrumentation", Soon, IsInjected, (InjectJava, "true"));
        Assert.Equal("missing", await StateAsync(ns, old));

        await cluster.Kubectl.RunAsync("rollout", "restart", "deployment/web", "-n", ns.Name);
        var pod = NameOf(await ns.PodOfAsync("web", IsInjected));
        Assert.Equal("fresh", await StateAsync(ns, pod));

        await ns.ApplyInstrumentationAsync(endpoint: "http://other:4318");
        var stale = await Plugin.InAsync(ns, "explain", $"pod/{pod}");
        Assert.Contains($"Pod {ns.Name}/{pod} of Deployment web: stale\n", stale.Out, StringComparison.Ordinal);
        Assert.Contains("env OTEL_EXPORTER_OTLP_ENDPOINT has another value", stale.Out, StringComparison.Ordinal);
        Assert.Contains($"kubectl spanhook restart --stale deployment/web -n {ns.Name}", stale.Out, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task A_namespace_that_is_left_out_is_the_reason_that_is_told()
    {
        await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "left-out", labels: new JsonObject { ["spanhook.dev/injection"] = "disabled" });
        await ns.ApplyInstrumentationAsync();
        await ns.DeployAsync("web", (InjectJava, "true"));

        var explained = await Plugin.InAsync(ns, "explain", "deployment/web");

        Assert.StartsWith($"Deployment {ns.Name}/web: not injected\n", explained.Out, StringComparison.Ordinal);
        Assert.Contains("✗ webhook: the API server does not ask the webhook", explained.Out, StringComparison.Ordinal);
        Assert.False(IsInjected(await ns.PodOfAsync("web")));
        var refused = await Plugin.InAsync(ns, "enable", "deployment/web", "--language", "python");
        Assert.Equal((1, ""), (refused.ExitCode, refused.Out));
    }

    [ClusterFact]
    public async Task A_policy_is_named_with_why_it_does_not_match()
    {
        await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "unmatched");
        await ns.ApplyPolicyAsync("""podSelector: {matchLabels: {app: other} }, inject: {languages: [java] }, instrumentation: {exporter: {endpoint: "http://policy:4318"} }""");
        await ns.DeployAsync("web");
        await ns.DeployAsync("other");

        Assert.Contains($"✗ TracingPolicy {ns.Name}: priority 0, Enforce: the pod does not match its podSelector: app=other", (await Plugin.InAsync(ns, "explain", "deployment/web")).Out, StringComparison.Ordinal);
        Assert.Contains($"✓ TracingPolicy {ns.Name}: priority 0, Enforce: matches", (await Plugin.InAsync(ns, "explain", "deployment/other")).Out, StringComparison.Ordinal);
        await cluster.Kubectl.RunAsync("delete", "tracingpolicy", ns.Name);
    }

    private async Task<string> StateAsync(TestNamespace ns, string pod)
    {
        var run = await Plugin.InAsync(ns, "explain", $"pod/{pod}", "-o", "json");
        Assert.True(run.Succeeded, run.Error);
        return run.Json[0]!["running"]!["state"]!.GetValue<string>();
    }

    private static string NameOf(JsonNode pod) => pod["metadata"]!["name"]!.GetValue<string>();

    private static IEnumerable<string> Names(IEnumerable<JsonNode?> operations) => operations
        .SelectMany(operation => operation!["value"] is JsonArray list ? list.ToArray() : [operation["value"]])
        .Select(variable => (variable as JsonObject)?["name"]?.GetValue<string>()).OfType<string>();
}
