namespace Spanhook.EndToEnd;

/// <summary>deploy/development: the webhook outside of the cluster, its objects from a folder.</summary>
public sealed class DevelopmentSetupTests(TestCluster cluster)
{
    [ClusterFact]
    public async Task A_pod_is_injected_by_a_webhook_outside_of_the_cluster()
    {
        await using var ns = await TestNamespace.CreateAsync(cluster, "development");
        var ca = cluster.File("development-ca.crt");
        var manifests = cluster.File("development.yaml");
        await File.WriteAllTextAsync(manifests, $$"""
            apiVersion: opentelemetry.io/v1alpha1
            kind: Instrumentation
            metadata: {name: default, namespace: {{ns.Name}} }
            spec: {exporter: {endpoint: "http://collector:4318"} }
            """);
        await using var server = await SpanhookServer.StartAsync("--cluster", manifests, "--listen", $"{Assets.WebhookHost}:0", "--dns-name", Assets.WebhookHost, "--ca-out", ca);
        await cluster.Kubectl.ApplyAsync((await File.ReadAllTextAsync(RepositoryRoot.PathOf("deploy", "development", "mutatingwebhookconfiguration.yaml")))
            .Replace("HOST:9443", server.Url.Authority, StringComparison.Ordinal)
            .Replace("CA_BUNDLE", Convert.ToBase64String(await File.ReadAllBytesAsync(ca)), StringComparison.Ordinal));
        try
        {
            await ns.SeesAsync("the API server asks the webhook", TimeSpan.FromSeconds(10), PodView.IsInjected, (PodView.InjectJava, "true"));
            await ns.DeployAsync("web", (PodView.InjectJava, "true"));
            var pod = await ns.PodOfAsync("web");

            Assert.Equal($"java/app=Instrumentation/{ns.Name}/default", PodView.MarkOf(pod));
            Assert.Equal("http://collector:4318", PodView.Endpoint(pod));
            Assert.Equal("web", PodView.Env(pod, "OTEL_SERVICE_NAME"));
        }
        finally
        {
            await cluster.Kubectl.RunAsync("delete", "mutatingwebhookconfiguration", "spanhook-development");
        }
    }
}
