using static Spanhook.EndToEnd.Support.PodView;

namespace Spanhook.EndToEnd;

/// <summary><c>kubectl spanhook status</c>: what the API server stored, with all its defaults, against what would be injected now.</summary>
public sealed class StatusCommandTests(TestCluster cluster)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    private static readonly (string Injector, string Image)[] Injectors =
    [
        ("java", "registry.example/web:1.0"), ("python", "registry.example/web:1.0"), ("nodejs", "registry.example/web:1.0"), ("dotnet", "registry.example/web:1.0"),
        ("sdk", "registry.example/web:1.0"), ("apache-httpd", "httpd:2.4"), ("nginx", "nginx:1.25.3"), ("vllm", "vllm/vllm-openai:v0.17.0"),
    ];

    [ClusterFact]
    public async Task Pods_that_were_just_injected_are_fresh_whatever_the_API_server_adds_to_them()
    {
        await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "status");
        await ns.ApplyInstrumentationAsync();
        await ns.SeesAsync("the new Instrumentation", Soon, IsInjected, (InjectJava, "true"));
        foreach (var (injector, image) in Injectors) await DeployAsync(ns, injector, image);
        foreach (var (injector, _) in Injectors) await ns.PodOfAsync($"web-{injector}", IsInjected);

        var rows = await StatusAsync(ns, exitCode: 0);

        Assert.Equal(Injectors.Select(entry => $"web-{entry.Injector}").Order(StringComparer.Ordinal), rows.Select(row => row["name"]!.GetValue<string>()));
        Assert.All(rows, row => Assert.Equal((1, 1, 0, 0, "annotation"), Counts(row)));
    }

    [ClusterFact]
    public async Task A_changed_Instrumentation_makes_pods_stale_and_pods_older_than_the_request_miss_it()
    {
        await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "status-stale");
        await ns.ApplyInstrumentationAsync();
        await ns.SeesAsync("the new Instrumentation", Soon, IsInjected, (InjectJava, "true"));
        await ns.DeployAsync("web", (InjectJava, "true"));
        await ns.DeployAsync("late");
        await ns.PodOfAsync("web", IsInjected);
        await ns.PodOfAsync("late");
        await ns.ApplyInstrumentationAsync(endpoint: "http://other:4318");
        await cluster.Kubectl.RunAsync("annotate", "namespace", ns.Name, $"{InjectJava}=true");

        var rows = await StatusAsync(ns, exitCode: 1);

        Assert.Equal((1, 0, 0, 1, "namespace"), Counts(rows[0]));
        Assert.Equal((1, 1, 1, 0, "annotation"), Counts(rows[1]));
        Assert.Equal(["container app: env OTEL_EXPORTER_OTLP_ENDPOINT has another value"],
            rows[1]["examples"]![0]!["differences"]!.AsArray().Select(difference => difference!.GetValue<string>()));
    }

    [ClusterFact]
    public async Task All_namespaces_are_read_and_a_reason_is_given()
    {
        await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "status-all");
        await ns.DeployAsync("web", (InjectJava, "true"));
        await ns.PodOfAsync("web");
        var run = await CliProcess.RunAsync(cluster.Kubectl.Kubeconfig, "status", "-A");
        Assert.Matches($@"(?m)^{ns.Name} +deployment/web +1 +annotation +0 +0 +0 +instrumentation_not_found$", run.Out);
    }

    private async Task<IReadOnlyList<JsonNode>> StatusAsync(TestNamespace ns, int exitCode)
    {
        var run = await CliProcess.RunAsync(cluster.Kubectl.Kubeconfig, "status", "-n", ns.Name, "-o", "json");
        Assert.True(run.ExitCode == exitCode, run.ToString());
        return [.. JsonNode.Parse(run.Out)!.AsArray().Select(row => row!)];
    }

    private static (int Pods, int Injected, int Stale, int Missing, string? AskedBy) Counts(JsonNode row) => (row["pods"]!.GetValue<int>(), row["injected"]!.GetValue<int>(),
        row["stale"]!.GetValue<int>(), row["missing"]!.GetValue<int>(), row["askedBy"]?.GetValue<string>());

    private Task DeployAsync(TestNamespace ns, string injector, string image) => cluster.Kubectl.ApplyAsync($$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web-{{injector}}, namespace: {{ns.Name}} }
        spec:
          selector: {matchLabels: {app: web-{{injector}} } }
          template:
            metadata:
              labels: {app: web-{{injector}} }
              annotations: {instrumentation.opentelemetry.io/inject-{{injector}}: "true"}
            spec:
              containers:
              - name: app
                image: {{image}}
                args: {{(injector == "vllm" ? "[\"--model\", \"m\"]" : "[]")}}
                resources: {requests: {memory: 1024Mi} }
        """);
}
