namespace Spanhook.EndToEnd;

/// <summary>What <c>export map</c> writes, in a real API server: with the webhook behind it, and without.</summary>
public sealed class ExportMapTests(TestCluster cluster)
{
    private const string Spec = """
          inject: {languages: [sdk]}
          instrumentation:
            exporter: {endpoint: "http://$(OTEL_NODE_IP):4318", protocol: http/protobuf}
            propagators: [tracecontext, baggage]
            sampler: {type: parentbased_traceidratio, argument: "0.1"}
            resource: {resourceAttributes: {deployment.environment.name: it's production} }
            defaults: {useLabelsForResourceAttributes: true}
            env:
            - {name: A_TOKEN, valueFrom: {secretKeyRef: {name: otel, key: token, optional: true} } }
            - {name: QUOTED, value: 'it''s a \ "text"'}
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>metadata; containers.</summary>
    private static readonly (string Metadata, string Containers)[] Pods =
    [
        ("name: bare", "[{name: app, image: a}]"),
        ("name: llama-5d4f9c7b8-abcde, labels: {pod-template-hash: 5d4f9c7b8}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: llama-5d4f9c7b8, uid: 6f1c1f0e-1111-4222-8333-944444444444, controller: true}]", "[{name: istio-proxy, image: a}, {name: app, image: a}]"),
        ("name: labelled, labels: {app.kubernetes.io/name: shop}, annotations: {kubectl.kubernetes.io/default-container: second}", "[{name: app, image: a}, {name: second, image: a, env: [{name: A, value: b}]}]"),
        ("name: named, annotations: {resource.opentelemetry.io/service.name: 'a$(B)c'}", "[{name: app, image: a}]"),
        ("name: owned, ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: db, uid: 6f1c1f0e-1111-4222-8333-944444444444, controller: true}]", "[{name: app, image: a}]"),
        ("name: cron, ownerReferences: [{apiVersion: batch/v1, kind: Job, name: nightly-29000000, uid: 6f1c1f0e-1111-4222-8333-944444444444, controller: true}]", "[{name: app, image: a}]"),
        ("name: sampled", "[{name: app, image: a, env: [{name: OTEL_TRACES_SAMPLER_ARG, value: '1'}, {name: OTEL_EXPORTER_OTLP_ENDPOINT, value: 'http://own:4318'}]}]"),
        ("name: attributed", "[{name: app, image: a, env: [{name: OTEL_RESOURCE_ATTRIBUTES, value: 'a=b, service.name=own'}]}]"),
    ];

    [ClusterFact]
    public async Task The_API_server_alone_adds_what_the_webhook_would_and_the_webhook_adds_nothing_twice()
    {
        var webhook = await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "exported", labels: new JsonObject { ["exported"] = "true" });
        var policy = cluster.NewName("exported");
        await Kubectl.ApplyAsync($"apiVersion: spanhook.dev/v1alpha1\nkind: TracingPolicy\nmetadata: {{name: {policy}}}\nspec:\n  namespaceSelector: {{matchLabels: {{exported: 'true'}} }}\n{Spec}\n");
        await Soon.TrueAsync("the policy injects", Patience, async () => (await AskAsync(ns.Name, Pods[0])).ToJsonString().Contains("spanhook.dev/injected", StringComparison.Ordinal));
        var byWebhook = new List<JsonNode>();
        foreach (var pod in Pods) byWebhook.Add(await AskAsync(ns.Name, pod));

        var exported = await ExportAsync(policy);
        await Kubectl.ApplyAsync(exported);
        await webhook.StopAsync();
        await Soon.TrueAsync("the exported policy adds the variables", Patience, async () => Env(await AskAsync(ns.Name, Pods[0]), 0).ContainsKey("OTEL_SERVICE_NAME"));
        var byServer = new List<JsonNode>();
        foreach (var pod in Pods) byServer.Add(await AskAsync(ns.Name, pod));
        var optedOut = await AskAsync(ns.Name, ("name: out, annotations: {instrumentation.opentelemetry.io/inject-sdk: 'False '}", "[{name: app, image: a}]"));
        var asked = await AskAsync(ns.Name, ("name: asks, annotations: {instrumentation.opentelemetry.io/inject-java: other}", "[{name: app, image: a}]"));

        await webhook.RunAsync();
        var byBoth = new List<JsonNode>();
        await Soon.TrueAsync("the webhook is back, and adds attributes to the user's", Patience, async () => Attributes(Env(await AskAsync(ns.Name, Pods[^1]), 0)["OTEL_RESOURCE_ATTRIBUTES"]).Count > 2);
        foreach (var pod in Pods) byBoth.Add(await AskAsync(ns.Name, pod));
        await Kubectl.RunAsync("delete", "mutatingadmissionpolicy,mutatingadmissionpolicybinding", "spanhook-" + policy);
        await Kubectl.RunAsync("delete", "tracingpolicy", policy);

        Assert.Empty(Env(optedOut, 0));
        Assert.Empty(Env(asked, 0));
        for (var i = 0; i < Pods.Length; i++) AssertFits(Pods[i].Metadata, byWebhook[i], byServer[i], byBoth[i]);
    }

    private Kubectl Kubectl => cluster.Kubectl;

    // Alone: the same variables, but of the attributes a part. Together: the webhook's result.
    private static void AssertFits(string pod, JsonNode byWebhook, JsonNode byServer, JsonNode byBoth)
    {
        foreach (var map in new[] { "annotations", "labels" })
        {
            var marks = new[] { byWebhook, byServer, byBoth }.Select(made => made["metadata"]![map]!["spanhook.dev/injected"]!.GetValue<string>());
            Assert.Single(marks.Distinct(StringComparer.Ordinal));
        }

        for (var container = 0; container < byWebhook["spec"]!["containers"]!.AsArray().Count; container++)
        {
            var (webhook, server, both) = (Env(byWebhook, container), Env(byServer, container), Env(byBoth, container));
            Assert.True(webhook.Keys.Order(StringComparer.Ordinal).SequenceEqual(server.Keys.Order(StringComparer.Ordinal)), $"{pod}: {string.Join(' ', webhook.Keys)} by the webhook, {string.Join(' ', server.Keys)} by the API server");
            foreach (var (name, value) in webhook)
            {
                Assert.True(JsonNode.DeepEquals(value, both[name]) || name == "OTEL_RESOURCE_ATTRIBUTES", $"{pod} {name}: {value.ToJsonString()} by the webhook, {both[name].ToJsonString()} by both");
                if (name == "OTEL_RESOURCE_ATTRIBUTES")
                {
                    Assert.Empty(Attributes(server[name]).Except(Attributes(value), StringComparer.Ordinal));
                    Assert.Equal(Attributes(value).Order(StringComparer.Ordinal), Attributes(both[name]).Order(StringComparer.Ordinal));
                }
                else
                {
                    Assert.True(JsonNode.DeepEquals(value, server[name]), $"{pod} {name}: {value.ToJsonString()} by the webhook, {server[name].ToJsonString()} by the API server");
                }
            }
        }
    }

    private static HashSet<string> Attributes(JsonNode variable) => [.. variable["value"]!.GetValue<string>().Split(',')];

    // A name twice is an exception.
    private static Dictionary<string, JsonNode> Env(JsonNode pod, int container) =>
        pod["spec"]!["containers"]![container]!["env"]?.AsArray().ToDictionary(e => e!["name"]!.GetValue<string>(), e => e!, StringComparer.Ordinal) ?? [];

    private async Task<JsonNode> AskAsync(string ns, (string Metadata, string Containers) pod) => (await Kubectl.WithAsync(
        $"apiVersion: v1\nkind: Pod\nmetadata: {{namespace: {ns}, {pod.Metadata}}}\nspec: {{containers: {pod.Containers}}}\n", "create", "--dry-run=server", "-o", "json", "-f", "-")).Json;

    private async Task<string> ExportAsync(string policy)
    {
        var run = await CliProcess.RunAsync(Kubectl.Kubeconfig, "export", "map", policy);
        Assert.Equal(0, run.ExitCode);
        return run.Out;
    }
}
