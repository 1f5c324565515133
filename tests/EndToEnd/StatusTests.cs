using static Spanhook.EndToEnd.Support.PodView;

namespace Spanhook.EndToEnd;

/// <summary>What platform teams see of their policies, and users of their Instrumentations, with kubectl.</summary>
public sealed class StatusTests(TestCluster cluster)
{
    // The webhook reports every ten to twelve seconds, and its writer reads that in its next round.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    [ClusterFact]
    public async Task A_policy_shows_how_many_pods_it_matched_and_why_not_all_were_injected()
    {
        await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "status");
        await ApplyPolicyAsync(ns, "inject: {languages: [java]}");
        await ns.SeesAsync("the policy", Patience, IsInjected);
        foreach (var name in (string[])["one", "two"]) Assert.True(IsInjected((await ns.CreatePodAsync(name)).Json));
        Assert.False(IsInjected((await ns.CreatePodAsync("three", (InjectJava, "false"))).Json));

        var policy = await SoonAsync(ns.Name, status => Count(status, "matchedPods") == 3);

        Assert.Equal(2, Count(policy, "injectedPods"));
        var skipped = Assert.Single(policy["skippedReasons"]!.AsArray())!;
        Assert.Equal(("opted_out_pod", 1, $"{ns.Name}/three"), (skipped["reason"]!.GetValue<string>(), skipped["count"]!.GetValue<int>(), skipped["example"]!.GetValue<string>()));
        Assert.Equal(("True", "Valid"), Condition(policy, "Accepted"));
        Assert.Equal(("False", "AsExpected"), Condition(policy, "Degraded"));
        await cluster.Kubectl.RunAsync("wait", "tracingpolicy", ns.Name, "--for=condition=Accepted", "--timeout=5s");

        var table = (await cluster.Kubectl.RunAsync("get", "tpol", ns.Name)).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        Assert.Equal(["NAME", "MODE", "PRIORITY", "MATCHED", "INJECTED", "ACCEPTED", "AGE"], table[0]);
        Assert.Equal([ns.Name, "Enforce", "7", "3", "2", "True"], table[1][..6]);
        var described = (await cluster.Kubectl.RunAsync("describe", "tpol", ns.Name)).Out;
        Assert.All((string[])["Matched Pods:", "opted_out_pod", "Counted Since:"], text => Assert.Contains(text, described, StringComparison.Ordinal));
    }

    [ClusterFact]
    public async Task An_Instrumentation_shows_its_mistakes_and_its_pods()
    {
        await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "mistaken");
        await cluster.Kubectl.ApplyAsync($$"""
            apiVersion: opentelemetry.io/v1alpha1
            kind: Instrumentation
            metadata: {name: default, namespace: {{ns.Name}} }
            spec: {exporter: {endpoint: "http://a:4318"}, env: [{name: A, valueFrom: {fieldRef: {fieldPath: spec.everything} } }]}
            """);
        var status = await SoonAsync("default", status => Condition(status, "Accepted").Status == "False", ns.Name);
        Assert.Equal("Invalid", Condition(status, "Accepted").Reason);
        Assert.Contains("spec.env", Message(status, "Accepted"), StringComparison.Ordinal);

        await ns.CreatePodAsync("one", (InjectJava, "true"));
        status = await SoonAsync("default", now => Count(now, "matchedPods") == 1, ns.Name);
        Assert.Equal(("True", "PodsSkipped"), Condition(status, "Degraded"));
        Assert.Contains("instrumentation_invalid", Message(status, "Degraded"), StringComparison.Ordinal);

        var generation = Count(status, "observedGeneration");
        await ns.ApplyInstrumentationAsync();
        await cluster.Kubectl.RunAsync("patch", "instrumentation", "default", "-n", ns.Name, "--type=merge", "-p", """{"spec":{"env":null} }""");
        await ns.SeesAsync("the Instrumentation is right", Patience, IsInjected, (InjectJava, "true"));
        await ns.CreatePodAsync("two", (InjectJava, "true"));
        status = await SoonAsync("default", now => Count(now, "injectedPods") == 1, ns.Name);
        Assert.Equal(("True", "Valid"), Condition(status, "Accepted"));
        Assert.True(Count(status, "observedGeneration") > generation);
        var line = (await cluster.Kubectl.RunAsync("get", "otelinst", "default", "-n", ns.Name, "--no-headers")).Out.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["2", "1", "True"], line[^3..].Select(cell => cell.Trim()));
    }

    [ClusterFact]
    public async Task Dry_runs_count_for_nobody()
    {
        await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "dry-status");
        await ApplyPolicyAsync(ns, "inject: {languages: [java]}");
        for (var i = 0; i < 5; i++) await ns.SeesAsync("the policy", Patience, IsInjected);
        await ns.CreatePodAsync("real");

        var policy = await SoonAsync(ns.Name, status => Count(status, "matchedPods") > 0);

        Assert.Equal((1, 1), (Count(policy, "matchedPods"), Count(policy, "injectedPods")));
        Assert.Single(await cluster.Kubectl.ListAsync("events", ns.Name), told => told["source"]?["component"]?.GetValue<string>() == "spanhook");
    }

    [ClusterFact]
    public async Task Two_replicas_count_together_and_one_that_is_killed_is_not_forgotten()
    {
        var webhook = await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "replicas");
        var (service, first, second) = await webhook.RunTwoAsync("--connection-requests", "3"); // so that the API server meets both
        try
        {
            await webhook.IsInjectingAsync(Patience);
            await ApplyPolicyAsync(ns, "inject: {languages: [java]}");
            await ns.SeesAsync("the policy", Patience, IsInjected);
            for (var i = 0; i < 12; i++) await ns.CreatePodAsync($"pod-{i}");
            await SoonAsync(ns.Name, status => Count(status, "injectedPods") == 12);
            await Soon.TrueAsync("each replica wrote its own key", Patience, async () => (await KeysAsync()).Any(key => key.StartsWith("replica.first.", StringComparison.Ordinal)) && (await KeysAsync()).Any(key => key.StartsWith("replica.second.", StringComparison.Ordinal)));

            // Whoever wrote: the other one takes over, when the Lease has run out.
            var isFirst = (await cluster.Kubectl.GetAsync("lease", Installation.Name, Installation.Name))["spec"]!["holderIdentity"]!.GetValue<string>() == "first";
            await (isFirst ? first : second).KillAsync();
            await webhook.IsInjectingAsync(Patience);
            await ns.CreatePodAsync("later");
            var policy = await SoonAsync(ns.Name, status => Count(status, "matchedPods") >= 13);
            Assert.Equal((13, 13), (Count(policy, "matchedPods"), Count(policy, "injectedPods")));
        }
        finally
        {
            foreach (var ended in (IAsyncDisposable[])[service, first, second]) await ended.DisposeAsync();
        }
    }

    [ClusterFact]
    public async Task What_a_replica_counted_stays_when_it_is_restarted_and_in_one_key()
    {
        var webhook = await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "restarted");
        await ApplyPolicyAsync(ns, "inject: {languages: [java]}");
        await ns.SeesAsync("the policy", Patience, IsInjected);
        await ns.CreatePodAsync("before");
        await webhook.StopAsync();
        await webhook.RunAsync();
        await ns.CreatePodAsync("after");
        var policy = await SoonAsync(ns.Name, status => Count(status, "injectedPods") == 2);
        Assert.Equal(2, Count(policy, "matchedPods"));
        await webhook.ApplyStateAsync(); // as a GitOps tool does again and again
        await Soon.TrueAsync("what ended is folded", Patience, async () => (await KeysAsync()).Count(key => key.StartsWith("replica.end-to-end.", StringComparison.Ordinal)) == 1);
        Assert.Contains("past", await KeysAsync());
    }

    /// <summary>As of the OpenTelemetry Operator, which came first: with a status of its own, or without.</summary>
    [ClusterTheory]
    [InlineData("""[{"op": "remove", "path": "/spec/versions/0/subresources"}]""", "has no status subresource")]
    [InlineData("""[{"op": "remove", "path": "/spec/versions/0/schema/openAPIV3Schema/properties/status/properties/conditions"}]""", "does not know our status")]
    public async Task A_definition_of_somebody_else_costs_its_status_and_one_line(string change, string said)
    {
        _ = cluster.OwnControlPlane;
        var webhook = await cluster.RunWebhookAsync();
        await webhook.StopAsync();
        await cluster.Kubectl.RunAsync("patch", "crd", "instrumentations.opentelemetry.io", "--type=json", "-p", change);
        try
        {
            await webhook.RunAsync();
            await using var ns = await TestNamespace.CreateAsync(cluster, "foreign");
            await ns.ApplyInstrumentationAsync();
            await ApplyPolicyAsync(ns, "inject: {languages: [java]}");
            await SoonAsync(ns.Name, status => Condition(status, "Accepted").Status == "True");
            await Soon.TrueAsync("it is said", Patience, () => Task.FromResult(webhook.Server.Log.Any(line => line.Contains(said, StringComparison.Ordinal))));
            await Task.Delay(TimeSpan.FromSeconds(13), TestContext.Current.CancellationToken);
            Assert.Single(webhook.Server.Log, line => line.Contains(said, StringComparison.Ordinal));
            Assert.True(await webhook.InjectsAsync());
        }
        finally
        {
            await webhook.StopAsync();
            await cluster.Kubectl.RunAsync("apply", "--server-side", "--force-conflicts", "-k", RepositoryRoot.PathOf("deploy", "crds"));
        }
    }

    private async Task<IReadOnlyList<string>> KeysAsync() =>
        [.. (await cluster.Kubectl.GetAsync("configmap", "spanhook-reports", Installation.Name))["binaryData"]?.AsObject().Select(entry => entry.Key) ?? []];

    private static Task ApplyPolicyAsync(TestNamespace ns, string inject) =>
        ns.ApplyPolicyAsync($$"""mode: Enforce, priority: 7, instrumentation: {exporter: {endpoint: "http://policy:4318"} }, {{inject}}""");

    private async Task<JsonNode> SoonAsync(string name, Func<JsonNode, bool> isMeant, string? ns = null)
    {
        JsonNode? last = null;
        try
        {
            return await Soon.GetAsync($"the status of {name} as expected", Patience, async () =>
            {
                last = (await cluster.Kubectl.GetAsync(ns is null ? "tracingpolicy" : "instrumentation", name, ns))["status"];
                return last?["conditions"] is not null && isMeant(last) ? last : null;
            });
        }
        catch (TimeoutException e)
        {
            throw new InvalidOperationException($"{e.Message}\nIt is: {last?.ToJsonString()}", e);
        }
    }

    private static int Count(JsonNode status, string field) => status[field]?.GetValue<int>() ?? -1;

    private static (string Status, string Reason) Condition(JsonNode status, string type) => (Find(status, type)["status"]!.GetValue<string>(), Find(status, type)["reason"]!.GetValue<string>());

    private static string Message(JsonNode status, string type) => Find(status, type)["message"]!.GetValue<string>();

    private static JsonNode Find(JsonNode status, string type) => status["conditions"]!.AsArray().Single(condition => condition!["type"]!.GetValue<string>() == type)!;
}
