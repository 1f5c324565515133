using static Spanhook.EndToEnd.Support.PodView;

namespace Spanhook.EndToEnd;

/// <summary><c>kubectl spanhook restart</c> with the real controllers of Deployments and StatefulSets.</summary>
public sealed class RestartTests(TestCluster cluster)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    [ClusterFact]
    public async Task Stale_workloads_are_rolled_and_the_undo_returns_to_the_templates_before()
    {
        await using var ns = await StaleAsync("restart", "a", "b");
        await using var kubelet = new PlayedKubelet(cluster.Kubectl, ns.Name);
        var before = await TemplateAsync(ns, "a");

        var run = await RunAsync(ns, "--stale");
        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Contains("2 rolled", run.Out, StringComparison.Ordinal);
        foreach (var name in (string[])["a", "b"]) Assert.Equal("http://other:4318", Endpoint(await ns.PodOfAsync(name)));
        Assert.Equal(0, (await CliProcess.RunAsync(cluster.Kubectl.Kubeconfig, "status", "-n", ns.Name)).ExitCode);
        Assert.Contains("successfully rolled out", (await cluster.Kubectl.RunAsync("rollout", "status", "deployment/a", "-n", ns.Name, "--timeout=10s")).Out, StringComparison.Ordinal);

        var again = await RunAsync(ns, "--stale");
        Assert.True(again is { ExitCode: 0 } && again.Out.StartsWith("Nothing to do", StringComparison.Ordinal), again.ToString());

        var undo = await RunAsync(ns, "--undo");
        Assert.True(undo.ExitCode == 0, undo.ToString());
        Assert.Equal(before, await TemplateAsync(ns, "a"));
        Assert.StartsWith("Nothing to undo", (await RunAsync(ns, "--undo")).Out, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task The_first_that_does_not_get_ready_stops_the_run()
    {
        await using var ns = await StaleAsync("restart-fails", "a", "b");

        // The old pods run, new ones never come up.
        await using var kubelet = new PlayedKubelet(cluster.Kubectl, ns.Name, pod => Endpoint(pod) != "http://other:4318");
        var run = await RunAsync(ns, "--stale", "--timeout", "6s");

        Assert.True(run.ExitCode == 1, run.ToString());
        Assert.Contains("deployment/a in namespace " + ns.Name + ": FAILED: not ready after 6s", run.Out, StringComparison.Ordinal);
        Assert.Contains("1 failed, 1 not started", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("restartedAt", await TemplateAsync(ns, "b"), StringComparison.Ordinal);

        var undo = await RunAsync(ns, "--undo", "deployment/a");
        Assert.True(undo.ExitCode == 0, undo.ToString());
        Assert.DoesNotContain("restartedAt", await TemplateAsync(ns, "a"), StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task A_budget_that_allows_no_disruption_is_respected_and_a_dry_run_changes_nothing()
    {
        await using var ns = await StaleAsync("restart-budget", "a", "b");
        await cluster.Kubectl.ApplyAsync($$"""
            apiVersion: policy/v1
            kind: PodDisruptionBudget
            metadata: {name: guard, namespace: {{ns.Name}} }
            spec: {minAvailable: 1, selector: {matchLabels: {app: a} } }
            """);
        await cluster.Kubectl.RunAsync("patch", "pdb", "guard", "-n", ns.Name, "--subresource=status", "--type=merge", "-p",
            """{"status":{"disruptionsAllowed":0,"currentHealthy":1,"desiredHealthy":1,"expectedPods":1}}""");

        var dry = await RunAsync(ns, "--stale", "--dry-run");
        Assert.True(dry.ExitCode == 1, dry.ToString());
        Assert.Contains("PodDisruptionBudget guard allows no disruption now", dry.Out, StringComparison.Ordinal);
        Assert.All((string[])["a", "b"], name => Assert.DoesNotContain("restartedAt", TemplateAsync(ns, name).GetAwaiter().GetResult(), StringComparison.Ordinal));

        await using var kubelet = new PlayedKubelet(cluster.Kubectl, ns.Name);
        var run = await RunAsync(ns, "--stale");
        Assert.Contains("1 rolled, 1 left alone", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("restartedAt", await TemplateAsync(ns, "a"), StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task A_StatefulSet_is_rolled_pod_by_pod()
    {
        var controllers = cluster.HasControllers;
        Assert.SkipUnless(controllers, "there is no kube-controller-manager");
        await using var ns = await StaleAsync("restart-set");
        await cluster.Kubectl.ApplyAsync($$"""
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: db, namespace: {{ns.Name}} }
            spec:
              replicas: 2
              serviceName: db
              selector: {matchLabels: {app: db} }
              template:
                metadata: {labels: {app: db}, annotations: { {{InjectJava}}: "true" } }
                spec: {containers: [{name: app, image: "registry.example/web:1.0"}] }
            """);
        await using var kubelet = new PlayedKubelet(cluster.Kubectl, ns.Name);
        await Support.Soon.TrueAsync("both pods run", TimeSpan.FromSeconds(20), async () => (await cluster.Kubectl.ListAsync("pods", ns.Name, "app=db")).Count(pod => pod["status"]!["phase"]!.GetValue<string>() == "Running") == 2);
        Assert.Equal(0, (await CliProcess.RunAsync(cluster.Kubectl.Kubeconfig, "status", "-n", ns.Name)).ExitCode);
        await ns.ApplyInstrumentationAsync(endpoint: "http://third:4318");
        await ns.SeesAsync("the changed Instrumentation", Soon, pod => Endpoint(pod) == "http://third:4318", (InjectJava, "true"));

        var run = await RunAsync(ns, "--stale", "statefulset/db", "--timeout", "60s");

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.All(await cluster.Kubectl.ListAsync("pods", ns.Name, "app=db"), pod => Assert.Equal("http://third:4318", Endpoint(pod)));
    }

    /// <summary>Deployments whose pods were injected from an Instrumentation that is another one now.</summary>
    private async Task<TestNamespace> StaleAsync(string stem, params string[] names)
    {
        Assert.SkipUnless(cluster.HasControllers, "there is no kube-controller-manager");
        await cluster.RunWebhookAsync();
        var ns = await TestNamespace.CreateAsync(cluster, stem);
        await ns.ApplyInstrumentationAsync();
        await ns.SeesAsync("the new Instrumentation", Soon, IsInjected, (InjectJava, "true"));
        foreach (var name in names) await ns.DeployAsync(name, (InjectJava, "true"));
        foreach (var name in names) await ns.PodOfAsync(name, IsInjected);
        await ns.ApplyInstrumentationAsync(endpoint: "http://other:4318");
        await ns.SeesAsync("the changed Instrumentation", Soon, pod => Endpoint(pod) == "http://other:4318", (InjectJava, "true"));
        return ns;
    }

    private Task<CliProcess> RunAsync(TestNamespace ns, params string[] arguments) => CliProcess.RunAsync(cluster.Kubectl.Kubeconfig, ["restart", "-n", ns.Name, .. arguments]);

    private async Task<string> TemplateAsync(TestNamespace ns, string deployment) => (await cluster.Kubectl.GetAsync("deployment", deployment, ns.Name))["spec"]!["template"]!.ToJsonString();
}
