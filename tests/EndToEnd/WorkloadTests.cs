using static Spanhook.EndToEnd.Support.PodView;

namespace Spanhook.EndToEnd;

/// <summary>What users do: annotate, patch, change their Instrumentation, try a dry run.</summary>
public sealed class WorkloadTests(TestCluster cluster)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    [ClusterFact]
    public async Task The_pods_of_an_annotated_Deployment_are_injected()
    {
        await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "annotated");
        await ns.ApplyInstrumentationAsync();
        await ns.SeesAsync("the new Instrumentation", Soon * 2, IsInjected, (InjectJava, "true"));
        await ns.DeployAsync("web", (InjectJava, "true"));

        var pod = await ns.PodOfAsync("web");

        Assert.Equal($"java/app=Instrumentation/{ns.Name}/default", MarkOf(pod));
        Assert.Contains("opentelemetry-auto-instrumentation-java", InitContainers(pod));
        Assert.Contains("-javaagent:", Env(pod, "JAVA_TOOL_OPTIONS"), StringComparison.Ordinal);
        Assert.Equal("web", Env(pod, "OTEL_SERVICE_NAME"));
        Assert.Contains($"k8s.deployment.name=web,k8s.namespace.name={ns.Name}", Env(pod, "OTEL_RESOURCE_ATTRIBUTES"), StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task A_Deployment_that_runs_is_injected_after_kubectl_patch_and_no_more_after_the_annotation_is_taken_away()
    {
        await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "patched");
        await ns.ApplyInstrumentationAsync();
        await ns.SeesAsync("the new Instrumentation", Soon * 2, IsInjected, (InjectJava, "true"));
        await ns.DeployAsync("web");
        Assert.False(IsInjected(await ns.PodOfAsync("web")));

        await PatchAsync(ns, """{"spec":{"template":{"metadata":{"annotations":{"instrumentation.opentelemetry.io/inject-java":"true"}}}}}""");
        Assert.Equal("web", Env(await ns.PodOfAsync("web", IsInjected), "OTEL_SERVICE_NAME"));

        await PatchAsync(ns, """{"spec":{"template":{"metadata":{"annotations":{"instrumentation.opentelemetry.io/inject-java":null,"round":"2"}}}}}""");
        Assert.Empty(InitContainers(await ns.PodOfAsync("web", pod => pod["metadata"]!["annotations"]?["round"] is not null)));
    }

    [ClusterFact]
    public async Task The_annotation_of_a_namespace_counts_for_its_pods_and_they_may_say_no()
    {
        await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "namespace-asks", annotations: new JsonObject { [InjectJava] = "true" });
        await ns.ApplyInstrumentationAsync();

        await ns.SeesAsync("the namespace's annotation", Soon * 2, IsInjected);
        Assert.False(IsInjected(await ns.DryRunAsync((InjectJava, "false"))));

        await cluster.Kubectl.RunAsync("annotate", "namespace", ns.Name, InjectJava + "-");
        await ns.SeesAsync("the annotation is gone", Soon, pod => !IsInjected(pod));
    }

    [ClusterFact]
    public async Task A_namespace_with_the_label_off_is_left_alone()
    {
        await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "label-off");
        await ns.ApplyInstrumentationAsync();
        await ns.SeesAsync("the new Instrumentation", Soon * 2, IsInjected, (InjectJava, "true"));

        await cluster.Kubectl.RunAsync("label", "namespace", ns.Name, "spanhook.dev/injection=off");
        await ns.SeesAsync("the label", Soon * 2, pod => !IsInjected(pod), (InjectJava, "true"));
    }

    [ClusterFact]
    public async Task A_changed_and_a_deleted_Instrumentation_are_felt_within_a_second()
    {
        await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "changed");
        await ns.ApplyInstrumentationAsync();
        await ns.SeesAsync("the new Instrumentation", Soon * 2, IsInjected, (InjectJava, "true"));

        await ns.ApplyInstrumentationAsync(endpoint: "http://other:4318");
        await ns.SeesAsync("the changed Instrumentation", Soon, pod => Endpoint(pod) == "http://other:4318", (InjectJava, "true"));

        await cluster.Kubectl.RunAsync("delete", "instrumentation", "default", "-n", ns.Name);
        await ns.SeesAsync("the Instrumentation is gone", Soon, pod => !IsInjected(pod), (InjectJava, "true"));
    }

    [ClusterFact]
    public async Task A_TracingPolicy_counts_within_a_second_of_its_making_and_of_its_end()
    {
        await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "policy");
        await ns.ApplyPolicyAsync("""instrumentation: {exporter: {endpoint: "http://policy:4318"} }""");

        await ns.SeesAsync("the policy", Soon, pod => Endpoint(pod) == "http://policy:4318", (InjectJava, "true"));
        await cluster.Kubectl.RunAsync("delete", "tracingpolicy", ns.Name);
        await ns.SeesAsync("the policy is gone", Soon, pod => !IsInjected(pod), (InjectJava, "true"));
    }

    [ClusterFact]
    public async Task A_dry_run_shows_what_would_be_injected_and_leaves_nothing_behind()
    {
        await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "dry-run");
        await ns.ApplyInstrumentationAsync();
        await ns.SeesAsync("the new Instrumentation", Soon * 2, IsInjected, (InjectJava, "true"));
        var before = await StateAsync(ns);

        for (var i = 0; i < 10; i++) Assert.True(IsInjected(await ns.DryRunAsync((InjectJava, "true"))));

        Assert.Equal(before, await StateAsync(ns));
        Assert.Empty(await cluster.Kubectl.ListAsync("pods", ns.Name));
    }

    [ClusterFact]
    public async Task Kubectl_shows_why_a_pod_was_not_injected()
    {
        await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "warned");

        var answer = await ns.CreatePodAsync("web", (InjectJava, "no-such-instrumentation"));

        Assert.True(answer.Succeeded, answer.Error);
        Assert.False(IsInjected(answer.Json));
        Assert.Contains("Warning:", answer.Error, StringComparison.Ordinal);
        Assert.Contains("no-such-instrumentation", answer.Error, StringComparison.Ordinal);
    }

    // A merge patch, as the README shows it.
    private Task PatchAsync(TestNamespace ns, string patch) => cluster.Kubectl.RunAsync("patch", "deployment", "web", "-n", ns.Name, "--type=merge", "-p", patch);

    // What a webhook could have written for a pod: everything it may, and everything of the namespace. What it tells of pods before is not of these.
    private async Task<string> StateAsync(TestNamespace ns)
    {
        var answers = new List<string>();
        foreach (var what in (string[][])[["all,configmaps,secrets,serviceaccounts,events", "-n", ns.Name], ["secrets", "-n", Installation.Name], ["namespace", ns.Name]])
            answers.Add((await cluster.Kubectl.RunAsync(["get", .. what, "-o", "jsonpath={range .items[*]}{.kind}/{.metadata.name}={.metadata.resourceVersion} {end}{.metadata.resourceVersion}"])).Out);
        foreach (var what in (string[][])[["instrumentations", "-n", ns.Name], ["tracingpolicies"]]) // their statuses change without us; StatusTests looks at them
            answers.Add((await cluster.Kubectl.RunAsync(["get", .. what, "-o", "jsonpath={range .items[*]}{.kind}/{.metadata.name}={.metadata.generation} {end}"])).Out);
        return string.Join('\n', answers);
    }
}
