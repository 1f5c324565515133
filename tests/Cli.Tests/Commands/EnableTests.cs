using System.Diagnostics;
using System.Text.Json.Nodes;
using Spanhook.Cli.Enabling;
using Spanhook.Cli.Workloads;
using Spanhook.Support;

namespace Spanhook.Cli.Tests.Commands;

public sealed class EnableTests
{
    private const string InjectJava = "instrumentation.opentelemetry.io/inject-java";
    private const string InjectEngine = "instrumentation.opentelemetry.io/inject-engine";

    [Theory]
    [InlineData("deployment/plain", "Deployment", "shop/plain", "template")]
    [InlineData("sts/db", "StatefulSet", "shop/db", "template")]
    [InlineData("daemonsets.apps/agent", "DaemonSet", "shop/agent", "template")]
    [InlineData("cj/nightly", "CronJob", "shop/nightly", "jobTemplate", "spec", "template")]
    [InlineData("ro/canary", "Rollout", "shop/canary", "template")]
    public async Task The_template_of_each_kind_is_annotated_and_of_disable_as_it_was(string name, string kind, string key, params string[] path)
    {
        await using var cluster = await WorkloadCluster.StartAsync();
        var before = cluster.Of(kind).Find(key)!;

        Assert.Equal(0, cluster.Run("enable", name, "--language", "java").ExitCode);
        Assert.Equal($$"""{"{{InjectJava}}":"true"}""", cluster.Annotations(kind, key, path)!.ToJsonString());
        Assert.Equal(0, cluster.Run("disable", name).ExitCode);

        Assert.Empty(cluster.Annotations(kind, key, path)!);
        Assert.Equal(before["spec"]!.ToJsonString(), cluster.Of(kind).Find(key)!["spec"]!.ToJsonString().Replace("\"metadata\":{\"annotations\":{}},", "", StringComparison.Ordinal)
            .Replace(",\"metadata\":{\"annotations\":{}}", "", StringComparison.Ordinal).Replace(",\"annotations\":{}", "", StringComparison.Ordinal));
        Assert.All(Patches(cluster), patch => Assert.Equal(("kubectl-spanhook", "application/merge-patch+json"), (patch.Query["fieldManager"], patch.Header("Content-Type"))));
    }

    [Fact]
    public async Task Leader_and_workers_are_both_annotated_by_one_patch()
    {
        await using var cluster = await WorkloadCluster.StartAsync();
        Assert.Equal(0, cluster.Run("enable", "lws/big", "-n", "ml").ExitCode);
        Assert.All((string[])["leaderTemplate", "workerTemplate"], template =>
            Assert.Equal("true", cluster.Annotations("LeaderWorkerSet", "ml/big", "leaderWorkerTemplate", template)![InjectEngine]!.GetValue<string>()));
        Assert.Single(Patches(cluster));
    }

    [Fact]
    public async Task What_is_so_already_is_not_patched_again()
    {
        await using var cluster = await WorkloadCluster.StartAsync();
        string[] enable = ["enable", "deployment/plain", "--language", "java", "--instrumentation", "shop", "-c", "app"];
        Assert.EndsWith("deployment.apps/plain patched\n", cluster.Run(enable).Out, StringComparison.Ordinal);
        Assert.EndsWith("deployment.apps/plain unchanged\n", cluster.Run(enable).Out, StringComparison.Ordinal);
        Assert.EndsWith("deployment.apps/plain patched\n", cluster.Run("disable", "deployment/plain").Out, StringComparison.Ordinal);
        Assert.EndsWith("deployment.apps/plain unchanged\n", cluster.Run("disable", "deployment/plain").Out, StringComparison.Ordinal);
        Assert.Equal(2, Patches(cluster).Count);
        Assert.Empty(cluster.Annotations("Deployment", "shop/plain", "template")!);
    }

    [Theory]
    [InlineData("client", 0)]
    [InlineData("server", 1)]
    public async Task A_dry_run_stores_nothing(string kind, int patches)
    {
        await using var cluster = await WorkloadCluster.StartAsync();
        var before = cluster.Server.Version;
        Assert.Equal(0, cluster.Run("enable", "deployment/plain", "--language", "java", $"--dry-run={kind}").ExitCode);
        Assert.Equal((before, patches), (cluster.Server.Version, Patches(cluster).Count));
        Assert.All(Patches(cluster), patch => Assert.Equal("All", patch.Query["dryRun"]));
    }

    [Fact]
    public async Task Where_the_namespace_asks_disable_says_no_and_leaves_other_languages_alone()
    {
        await using var cluster = await WorkloadCluster.StartAsync();
        cluster.Of("Namespace").Put(new JsonObject { ["metadata"] = new JsonObject { ["name"] = "shop", ["annotations"] = new JsonObject { [InjectJava] = "true" } } });

        Assert.Equal(0, cluster.Run("disable", "deployment/checkout", "--language", "java").ExitCode);
        Assert.Equal("false", cluster.Annotations("Deployment", "shop/checkout", "template")![InjectJava]!.GetValue<string>());

        Assert.EndsWith("unchanged\n", cluster.Run("disable", "deployment/checkout", "--engine", "auto").Out, StringComparison.Ordinal);
        Assert.Single(Patches(cluster));
    }

    [Fact]
    public async Task A_no_that_is_there_already_is_no_reason_to_roll()
    {
        await using var cluster = await WorkloadCluster.StartAsync();
        cluster.Run("disable", "deployment/llama", "-n", "ml");
        Assert.EndsWith("unchanged\n", cluster.Run("disable", "deployment/llama", "-n", "ml").Out, StringComparison.Ordinal);
        Assert.Single(Patches(cluster));
        Assert.EndsWith("patched\n", cluster.Run("enable", "deployment/llama", "-n", "ml").Out, StringComparison.Ordinal);
        Assert.Equal("true", cluster.Annotations("Deployment", "ml/llama", "template")![InjectEngine]!.GetValue<string>());
    }

    [Fact]
    public async Task A_template_that_is_injected_itself_stays_so_and_that_is_said()
    {
        await using var cluster = await WorkloadCluster.StartAsync();
        var injected = CliRun.With(cluster.Of("Deployment").Find("shop/checkout")!.ToJsonString(), "inject", "-f", "-", "--cluster", WorkloadCluster.ClusterFile, "-o", "json").Json;
        cluster.Of("Deployment").Put((JsonObject)injected);
        var run = cluster.Run("disable", "deployment/checkout");
        Assert.Equal((1, ""), (run.ExitCode, run.Out));
        Assert.Contains("its template itself is injected", run.Error, StringComparison.Ordinal);
        Assert.Empty(Patches(cluster));
        Assert.Equal(1, cluster.Run("enable", "deployment/checkout", "--language", "java").ExitCode);
    }

    [Theory]
    [InlineData("enable", "web", "'web' is not TYPE/NAME")]
    [InlineData("enable", "service/web", "'service' is no kind of workload")]
    [InlineData("enable", "deployment/web --language cobol", "'cobol' not recognized")]
    [InlineData("enable", "deployment/web --engine java", "'java' not recognized")]
    [InlineData("enable", "deployment/web --instrumentation a/b/c", "'a/b/c' names no Instrumentation: write NAME, or NAMESPACE/NAME")]
    [InlineData("enable", "deployment/web -c A", "'A' is no name of a container")]
    [InlineData("enable", "deployment/web --language java --engine auto -c app", "run it once for each")]
    [InlineData("enable", "deployment/web --dry-run=maybe", "'maybe' not recognized")]
    [InlineData("disable", "deployment/web --all --language java", "exclude each other")]
    [InlineData("explain", "", "give -f FILE, or TYPE/NAME")]
    [InlineData("diff", "deployment/a/b", "is not TYPE/NAME")]
    public void Bad_usage_is_named(string command, string rest, string message)
    {
        var run = CliRun.Of([command, .. rest.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Contains($"See 'kubectl spanhook {command} --help'.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_not_patch_is_told_which_permission_is_missing()
    {
        await using var cluster = await WorkloadCluster.StartAsync();
        cluster.Server.Fault = request => request.Method == "PATCH" ? FakeFault.Answer(403, "Forbidden") : null;
        var run = cluster.Run("enable", "deployment/plain", "--language", "java");
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("you may not patch deployments.apps in namespace shop", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("patched\n", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void The_line_to_copy_survives_a_shell_whatever_is_in_it()
    {
        Assert.SkipUnless(File.Exists("/bin/sh"), "there is no /bin/sh");
        var patch = new JsonObject { ["a b"] = "it's \"$HOME\" `id` \\ !" };
        var name = new WorkloadName(WorkloadType.LeaderWorkerSet, "big");
        var line = PatchLine.Of(name, "ml", patch, ["--context=kind's & co;"]);

        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"kubectl() {{ for word; do printf '%s\\n' \"$word\"; done; }}\n{line}"]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var words = shell.StandardOutput.ReadToEnd().TrimEnd('\n').Split('\n');
        shell.WaitForExit();

        Assert.Equal(["--context=kind's & co;", "patch", "leaderworkersets.leaderworkerset.x-k8s.io", "big", "-n", "ml", "--type=merge", "-p", patch.ToJsonString()], words);
    }

    private static List<FakeRequest> Patches(WorkloadCluster cluster) => [.. cluster.Server.Requests.Where(request => request.Method == "PATCH")];
}
