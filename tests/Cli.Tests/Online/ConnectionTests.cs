using Spanhook.Cli.Connection;
using Spanhook.Support;

namespace Spanhook.Cli.Tests.Online;

/// <summary>Which cluster, as whom, where; and what is said when it does not work.</summary>
public sealed class ConnectionTests
{
    [Theory]
    [InlineData("ml", "status")]
    [InlineData("shop", "status", "-n", "shop")]
    [InlineData("shop", "status", "--namespace=shop")]
    public async Task The_namespace_is_that_of_the_option_else_of_the_context(string ns, params string[] args)
    {
        await using var cluster = await OnlineCluster.StartAsync();
        cluster.Apply("{apiVersion: v1, kind: Namespace, metadata: {name: shop}}");
        Assert.Equal(0, cluster.Run(args).ExitCode);
        Assert.Contains(cluster.Server.Requests, request => request.Path == $"/api/v1/namespaces/{ns}/pods");
    }

    [Fact]
    public async Task All_namespaces_are_asked_in_one_list_each()
    {
        await using var cluster = await OnlineCluster.StartAsync();
        Assert.Equal(0, cluster.Run("status", "-A").ExitCode);
        Assert.Contains(cluster.Server.Requests, request => request.Path == "/api/v1/pods");
        Assert.DoesNotContain(cluster.Server.Requests, request => request.Path.StartsWith("/api/v1/namespaces/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_transcripts_of_failures_are_golden()
    {
        await using var cluster = await OnlineCluster.StartAsync();
        var runs = new List<(string, CliRun)> { ("status --context prod", cluster.Run("status", "--context", "prod")), ("status -n none", cluster.Run("status", "-n", "none")) };
        foreach (var (what, fault) in ((string, FakeFault)[])[("403", FakeFault.Answer(403, "Forbidden")), ("401", FakeFault.Answer(401, "Unauthorized")), ("503", FakeFault.Answer(503, "ServiceUnavailable"))])
        {
            cluster.Server.Fault = request => request.Path.EndsWith("/pods", StringComparison.Ordinal) ? fault : null;
            runs.Add(($"status  # {what}", cluster.Run("status")));
        }

        Transcript.AssertMatches("failures", [.. runs]);
        Assert.All(runs, run => Assert.Equal(3, run.Item2.ExitCode));
    }

    [Fact]
    public async Task An_API_server_that_does_not_answer_is_exit_code_3()
    {
        await using var cluster = await OnlineCluster.StartAsync();
        await cluster.Server.DownAsync();
        var run = cluster.Run("status");
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("the API server https://api.example/ (context dev of config) does not answer", run.Error.Replace("http://127.0.0.1", "https://127.0.0.1", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("--kubeconfig or --context", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_who_sees_only_one_namespace_is_told_what_is_not_known_and_served()
    {
        await using var cluster = await OnlineCluster.StartAsync();
        cluster.Server.Fault = request => request.Path == "/apis/opentelemetry.io/v1alpha1/instrumentations" ? FakeFault.Answer(403, "Forbidden") : null;
        StatusTests.Deploy(cluster, "web", 1, "http://collector:4318");
        var run = cluster.Run("status");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("only the Instrumentations of namespace ml are known", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_without_our_definitions_is_said_to_be_so()
    {
        await using var cluster = await OnlineCluster.StartAsync();
        cluster.CollectionOf("TracingPolicy").Remove();
        var run = cluster.Run("status");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("tracingpolicies.spanhook.dev is not installed", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("list", "/api/v1/namespaces/ml/pods?limit=500", "list pods in namespace ml", "kubectl auth can-i list pods --namespace=ml")]
    [InlineData("list", "/api/v1/pods", "list pods in the whole cluster", "kubectl auth can-i list pods --all-namespaces")]
    [InlineData("patch", "/apis/apps/v1/namespaces/ml/deployments/web", "patch deployments.apps in namespace ml", "kubectl auth can-i patch deployments.apps --namespace=ml")]
    [InlineData("get", "/api/v1/namespaces/spanhook/pods/a:9464/proxy/metrics", "get pods/proxy in namespace spanhook", "kubectl auth can-i get pods/proxy --namespace=spanhook")]
    [InlineData("get", "/api/v1/namespaces/ml", "get namespaces in the whole cluster", "kubectl auth can-i get namespaces --all-namespaces")]
    [InlineData("create", "/apis/authorization.k8s.io/v1/subjectaccessreviews", "create subjectaccessreviews.authorization.k8s.io in the whole cluster",
        "kubectl auth can-i create subjectaccessreviews.authorization.k8s.io --all-namespaces")]
    public void A_permission_is_told_from_the_path(string verb, string path, string text, string question)
    {
        var permission = Permission.Of(verb, path);
        Assert.Equal((text, question), (permission.ToString(), permission.Question));
    }
}
