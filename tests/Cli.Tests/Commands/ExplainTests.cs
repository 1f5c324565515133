using System.Text.Json.Nodes;
using Spanhook.Manifests;
using Spanhook.Support;

namespace Spanhook.Cli.Tests.Commands;

public sealed class ExplainTests
{
    private const string Pod = "checkout-5c9d8-x7k2p";

    [Theory]
    [InlineData("deployment/checkout")]
    [InlineData("deployments/checkout")]
    [InlineData("deploy/checkout")]
    [InlineData("Deployment/checkout")]
    [InlineData("deployments.apps/checkout")]
    [InlineData("deployments.v1.apps/checkout")]
    [InlineData("deploy", "checkout")]
    public async Task A_workload_is_called_as_kubectl_calls_it(params string[] name)
    {
        await using var cluster = await WorkloadCluster.StartAsync();
        Assert.StartsWith("Deployment shop/checkout: injected\n", cluster.Run(["explain", .. name]).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("po/bare", "Pod shop/bare")]
    [InlineData("sts/db", "StatefulSet shop/db")]
    [InlineData("ds/agent", "DaemonSet shop/agent")]
    [InlineData("rs/checkout-5c9d8", "ReplicaSet shop/checkout-5c9d8")]
    [InlineData("job/once", "Job shop/once")]
    [InlineData("cj/nightly", "CronJob shop/nightly")]
    [InlineData("ro/canary", "Rollout shop/canary")]
    [InlineData("rollouts.argoproj.io/canary", "Rollout shop/canary")]
    [InlineData("lws/big", "LeaderWorkerSet ml/big (leader)")]
    [InlineData("jobset/batch", "JobSet ml/batch (server)")]
    public async Task Each_kind_of_workload_is_explained(string name, string title)
    {
        await using var cluster = await WorkloadCluster.StartAsync();
        var run = cluster.Run("explain", name, "-n", title.Contains(" ml/", StringComparison.Ordinal) ? "ml" : "shop");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.StartsWith($"{title}: ", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_running_pod_is_fresh_until_its_settings_change_and_not_injected_before()
    {
        await using var cluster = await WorkloadCluster.StartAsync();
        Assert.Equal("missing", State(cluster));

        var before = cluster.Of("Pod").Find($"shop/{Pod}")!;
        before["metadata"]!["annotations"] = new JsonObject { ["instrumentation.opentelemetry.io/inject-java"] = "true" };
        var injected = CliRun.With(before.ToJsonString(), "inject", "-f", "-", "--cluster", WorkloadCluster.ClusterFile, "-o", "json").Json;
        cluster.Of("Pod").Put((JsonObject)injected);
        Assert.Equal("fresh", State(cluster));
        Assert.Equal(1, cluster.Run("diff", $"pod/{Pod}").ExitCode);

        var settings = cluster.Of("Instrumentation").Find("shop/shop")!;
        settings["spec"]!["exporter"]!["endpoint"] = "http://elsewhere:4318";
        cluster.Of("Instrumentation").Put(settings);
        Assert.Equal("stale", State(cluster));
        Assert.Contains("OTEL_EXPORTER_OTLP_ENDPOINT has another value", cluster.Run("explain", $"pod/{Pod}").Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_API_server_never_asks_about_is_not_injected_whatever_would_be_decided()
    {
        await using var cluster = await WorkloadCluster.StartAsync();
        Assert.True(Injected(cluster));

        var configuration = cluster.Of("MutatingWebhookConfiguration").Find("spanhook")!;
        configuration["webhooks"]![0]!["matchConditions"] = new JsonArray(new JsonObject { ["name"] = "spanhook.dev/off", ["expression"] = "false" });
        cluster.Of("MutatingWebhookConfiguration").Put(configuration);
        Assert.False(Injected(cluster));
        Assert.Contains("  ✗ webhook: the webhook is switched off: 'kubectl spanhook on' switches it on again\n", cluster.Run("explain", "deployment/checkout").Out, StringComparison.Ordinal);

        cluster.Of("MutatingWebhookConfiguration").Delete("spanhook");
        Assert.False(Injected(cluster));
        Assert.Contains("the webhook is not installed", cluster.Run("explain", "deployment/checkout").Out, StringComparison.Ordinal);

        cluster.Server.Fault = request => request.Path.Contains("mutatingwebhookconfigurations", StringComparison.Ordinal) ? FakeFault.Answer(403, "Forbidden") : null;
        Assert.True(Injected(cluster));
        Assert.Contains("  · webhook: whether the API server asks the webhook is not known: ", cluster.Run("explain", "deployment/checkout").Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Manifests_are_decided_on_by_what_the_cluster_has_and_their_own_namespaces()
    {
        await using var cluster = await WorkloadCluster.StartAsync();
        var items = cluster.Run("explain", "-f", WorkloadCluster.WorkloadsFile, "-o", "json").Json.AsArray();
        Assert.Equal(["checkout", "llama", "guarded", "big", "batch"], items.Where(item => item!["injected"]!.GetValue<bool>()).Select(item => item!["object"]!["name"]!.GetValue<string>()));
    }

    [Fact]
    public void A_workload_is_looked_for_in_the_files_that_stand_for_the_cluster()
    {
        var folder = Path.GetDirectoryName(WorkloadCluster.ClusterFile)!;
        using var both = new TempFolder();
        var file = both.Write("all.yaml", File.ReadAllText(Path.Combine(folder, "cluster.yaml")) + "---\n" + File.ReadAllText(Path.Combine(folder, "workloads.yaml")));
        Assert.StartsWith("Deployment ml/llama: injected\n", CliRun.Of("explain", "deploy/llama", "--cluster", file).Out, StringComparison.Ordinal);

        var missing = CliRun.Of("explain", "deploy/nobody", "--cluster", file);
        Assert.Equal((2, $"error: {file}: there is no deployment/nobody in it: check the name, or give the file with -f\n"), (missing.ExitCode, missing.Error));

        both.Write("all.yaml", File.ReadAllText(file).Replace("name: plain, namespace: shop", "name: llama, namespace: shop", StringComparison.Ordinal));
        Assert.Contains("is there in several namespaces (shop, ml): give --namespace", CliRun.Of("explain", "deploy/llama", "--cluster", file).Error, StringComparison.Ordinal);
        Assert.StartsWith("Deployment ml/llama: injected\n", CliRun.Of("explain", "deploy/llama", "-n", "ml", "--cluster", file).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_diff_of_a_workload_makes_of_it_what_inject_makes_of_it()
    {
        await using var cluster = await WorkloadCluster.StartAsync();
        using var folder = new TempFolder();
        var live = cluster.Of("Deployment").Find("shop/checkout")!;
        var injected = CliRun.With(live.ToJsonString(), "inject", "-f", "-", "--cluster", WorkloadCluster.ClusterFile, "-o", "json").Json;
        var diff = cluster.Run("diff", "deployment/checkout");
        Assert.Equal(1, diff.ExitCode);

        Assert.SkipUnless(File.Exists("/usr/bin/patch"), "patch is not installed");
        var file = folder.Write("live.yaml", ManifestWriter.ToYaml(live));
        using var patch = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("/usr/bin/patch", ["--fuzz=0", file]) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false })!;
        await patch.StandardInput.WriteAsync(diff.Out);
        patch.StandardInput.Close();
        await patch.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(ManifestWriter.ToYaml(injected), await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_API_server_that_is_gone_is_exit_code_3()
    {
        await using var cluster = await WorkloadCluster.StartAsync();
        await cluster.Server.DownAsync();
        foreach (var command in (string[])["explain", "diff", "enable", "disable"]) Assert.Equal((command, 3), (command, cluster.Run(command, "deployment/checkout").ExitCode));
    }

    private static string State(WorkloadCluster cluster) => cluster.Run("explain", $"pod/{Pod}", "-o", "json").Json[0]!["running"]!["state"]!.GetValue<string>();

    private static bool Injected(WorkloadCluster cluster) => cluster.Run("explain", "deployment/checkout", "-o", "json").Json[0]!["injected"]!.GetValue<bool>();
}
