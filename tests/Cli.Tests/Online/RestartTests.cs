using System.Text.Json.Nodes;
using Spanhook.Support;

namespace Spanhook.Cli.Tests.Online;

/// <summary><c>restart</c> against an API server whose controllers are played.</summary>
public sealed class RestartTests
{
    private const string RestartedAt = "kubectl.kubernetes.io/restartedAt";
    private const string Before = "http://old:4318";

    [Fact]
    public async Task The_transcripts_of_a_restart_and_its_undo_are_golden()
    {
        await using var cluster = await MixedAsync();
        _ = new Controllers(cluster);
        Transcript.AssertMatches("restart",
            ("restart --stale --dry-run", cluster.Run("restart", "--stale", "--dry-run")),
            ("restart --stale", cluster.Run("restart", "--stale")),
            ("restart --stale deployment/stale", cluster.Run("restart", "--stale", "deployment/stale")),
            ("restart --undo --dry-run", cluster.Run("restart", "--undo", "--dry-run")),
            ("restart --undo", cluster.Run("restart", "--undo")),
            ("restart --undo", cluster.Run("restart", "--undo")));
    }

    [Fact]
    public async Task The_transcript_of_a_restart_that_fails_is_golden()
    {
        await using var cluster = await OnlineCluster.StartAsync();
        foreach (var name in (string[])["a", "b", "c"]) StatusTests.Deploy(cluster, name, 2, Before);
        var controllers = new Controllers(cluster) { Broken = ["b"] };

        var run = cluster.Run("restart", "--stale", "--timeout", "20s");

        Transcript.AssertMatches("restart-fails", ("restart --stale --timeout 20s", run));
        Assert.Equal(["a", "b"], controllers.Rolled);
        Assert.Null(RestartedAtOf(cluster, "Deployment", "c"));
    }

    [Fact]
    public async Task New_pods_without_their_injection_stop_the_run()
    {
        await using var cluster = await OnlineCluster.StartAsync();
        foreach (var name in (string[])["a", "b"]) StatusTests.Deploy(cluster, name, 1, null);
        var controllers = new Controllers(cluster) { Endpoint = null };
        var run = cluster.Run("restart", "--stale");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("not injected as they should be", run.Out, StringComparison.Ordinal);
        Assert.Equal(["a"], controllers.Rolled);
    }

    [Fact]
    public async Task A_few_at_a_time_are_not_more()
    {
        await using var cluster = await OnlineCluster.StartAsync();
        foreach (var i in Enumerable.Range(0, 6)) StatusTests.Deploy(cluster, $"w{i}", 1, Before);
        var controllers = new Controllers(cluster) { Looks = 4 };
        Assert.Equal((0, ""), cluster.Run("restart", "--stale", "--max-parallel", "3") is var run ? (run.ExitCode, run.Error) : default);
        Assert.Equal(6, controllers.Rolled.Count);
        Assert.InRange(controllers.MostAtATime, 2, 3);
    }

    [Fact]
    public async Task One_at_a_time_is_the_default()
    {
        await using var cluster = await OnlineCluster.StartAsync();
        foreach (var i in Enumerable.Range(0, 3)) StatusTests.Deploy(cluster, $"w{i}", 1, Before);
        var controllers = new Controllers(cluster) { Looks = 3 };
        Assert.Equal(0, cluster.Run("restart", "--stale").ExitCode);
        Assert.Equal((3, 1), (controllers.Rolled.Count, controllers.MostAtATime));
    }

    [Fact]
    public async Task StatefulSets_and_DaemonSets_roll_too()
    {
        await using var cluster = await OnlineCluster.StartAsync();
        foreach (var (kind, name, suffix) in ((string, string, string)[])[("StatefulSet", "db", "0"), ("DaemonSet", "agent", "x")])
        {
            var item = cluster.Put(Pods.Workload("apps/v1", kind, name, 1, Pods.InjectJava));
            cluster.Put(Pods.Running(item, item["spec"]!["template"]!.AsObject(), suffix, Before));
        }

        var controllers = new Controllers(cluster);
        var run = cluster.Run("restart", "--stale");
        Assert.True(run.ExitCode == 0, run.Out + run.Error);
        Assert.Equal(["agent", "db"], controllers.Rolled);
    }

    [Fact]
    public async Task An_API_server_that_is_away_for_a_moment_is_no_failure_of_the_workload()
    {
        await using var cluster = await OnlineCluster.StartAsync();
        StatusTests.Deploy(cluster, "web", 1, Before);
        _ = new Controllers(cluster);
        var reconcile = cluster.Server.Fault;
        var looks = 0;
        cluster.Server.Fault = request => request.Path.EndsWith("/deployments/web", StringComparison.Ordinal) && request.Method == "GET" && looks++ is 1 or 2
            ? FakeFault.Answer(503, "ServiceUnavailable")
            : reconcile(request);
        var run = cluster.Run("restart", "--stale");
        Assert.True(run.ExitCode == 0, run.Out + run.Error);
    }

    [Fact]
    public async Task While_the_webhook_is_off_nothing_is_rolled()
    {
        await using var cluster = await OnlineCluster.StartAsync();
        StatusTests.Deploy(cluster, "web", 1, null);
        Assert.Equal(0, cluster.Run("off", "--reason", "test").ExitCode);
        var run = cluster.Run("restart", "--stale");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("kubectl spanhook on", run.Error, StringComparison.Ordinal);
        Assert.Null(RestartedAtOf(cluster, "Deployment", "web"));
    }

    [Fact]
    public async Task The_restart_is_that_of_kubectl_and_undo_restores_the_template_as_it_was()
    {
        await using var cluster = await OnlineCluster.StartAsync();
        StatusTests.Deploy(cluster, "web", 1, Before);
        var template = cluster.Find("Deployment", "ml/web")["spec"]!.ToJsonString();
        _ = new Controllers(cluster);

        Assert.Equal(0, cluster.Run("restart", "--stale").ExitCode);
        Assert.Matches(@"^2030-01-01T00:\d\d:\d\dZ$", RestartedAtOf(cluster, "Deployment", "web")!);
        Assert.Equal("kubectl-spanhook", cluster.Server.Requests.Single(request => request.Method == "PATCH").Query["fieldManager"]);

        Assert.Equal(0, cluster.Run("restart", "--undo", "deployment/web").ExitCode);
        Assert.Equal(template, cluster.Find("Deployment", "ml/web")["spec"]!.ToJsonString());
        Assert.Null(cluster.Find("Deployment", "ml/web")["metadata"]!["annotations"]?["spanhook.dev/restart"]);
    }

    [Fact]
    public async Task An_undo_of_a_template_that_was_changed_since_is_refused()
    {
        await using var cluster = await OnlineCluster.StartAsync();
        StatusTests.Deploy(cluster, "web", 1, Before);
        _ = new Controllers(cluster);
        cluster.Run("restart", "--stale");
        var item = cluster.Find("Deployment", "ml/web");
        item["spec"]!["template"]!["metadata"]!["annotations"]![RestartedAt] = "2031-01-01T00:00:00Z";
        cluster.Put(item);
        var run = cluster.Run("restart", "--undo");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("changed since", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_LeaderWorkerSet_is_rolled_by_both_templates_and_a_Rollout_by_restartAt()
    {
        await using var cluster = await OnlineCluster.StartAsync();
        var sets = cluster.Server.Serve("/apis/leaderworkerset.x-k8s.io/v1/leaderworkersets", "LeaderWorkerSet");
        var rollouts = cluster.Server.Serve("/apis/argoproj.io/v1alpha1/rollouts", "Rollout");
        var template = Pods.Template("llm", Pods.InjectJava);
        template["metadata"]!["labels"]!["leaderworkerset.sigs.k8s.io/name"] = "llm";
        template["metadata"]!["labels"]!["leaderworkerset.sigs.k8s.io/worker-index"] = "0";
        sets.Put(new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "llm", ["namespace"] = "ml" },
            ["spec"] = new JsonObject { ["leaderWorkerTemplate"] = new JsonObject { ["leaderTemplate"] = template.DeepClone(), ["workerTemplate"] = template.DeepClone() } },
            ["status"] = new JsonObject { ["updatedReplicas"] = 1, ["readyReplicas"] = 1 },
        });
        cluster.Put(Pods.Running(Pods.Workload("apps/v1", "StatefulSet", "llm", 1, null), template, "0", Before));
        var rollout = rollouts.Put(Pods.Workload("argoproj.io/v1alpha1", "Rollout", "web", 1, Pods.InjectJava));
        var controller = cluster.Put(Pods.ReplicaSet(rollout, "6d5f"));
        cluster.Put(Pods.Running(controller, rollout["spec"]!["template"]!.AsObject(), "p0", Before));

        var run = cluster.Run("restart", "--stale", "--timeout", "10s", "--max-parallel", "2");

        Assert.Equal((1, ""), (run.ExitCode, run.Error)); // nobody plays their controllers
        var set = sets.Find("ml/llm")!["spec"]!["leaderWorkerTemplate"]!;
        Assert.All((string[])["leaderTemplate", "workerTemplate"], part => Assert.NotNull(set[part]!["metadata"]!["annotations"]![RestartedAt]));
        Assert.NotNull(rollouts.Find("ml/web")!["spec"]!["restartAt"]);
        Assert.Null(rollouts.Find("ml/web")!["spec"]!["template"]!["metadata"]!["annotations"]![RestartedAt]);
    }

    [Theory]
    [InlineData("Say what to do", "restart")]
    [InlineData("Say what to do", "restart", "--stale", "--undo")]
    [InlineData("--max-parallel", "restart", "--stale", "--max-parallel", "0")]
    [InlineData("write a duration", "restart", "--stale", "--timeout", "soon")]
    [InlineData("is not TYPE/NAME", "restart", "--stale", "web")]
    [InlineData("'thing' is no kind", "restart", "--stale", "thing/web")]
    [InlineData("exclude each other", "restart", "--stale", "-A", "-n", "ml")]
    public async Task Bad_usage_is_said(string text, params string[] args)
    {
        await using var cluster = await OnlineCluster.StartAsync();
        var run = cluster.Run(args);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(text, run.Error, StringComparison.Ordinal);
        Assert.Empty(cluster.Server.Requests);
    }

    [Fact]
    public async Task A_workload_that_is_not_there_is_said()
    {
        await using var cluster = await OnlineCluster.StartAsync();
        var run = cluster.Run("restart", "--stale", "deploy/none");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("deployment/none: there is no Deployment of this name in namespace ml", run.Error, StringComparison.Ordinal);
    }

    /// <summary>One of everything that is not simply rolled.</summary>
    private static async Task<OnlineCluster> MixedAsync()
    {
        var cluster = await OnlineCluster.StartAsync();
        StatusTests.Deploy(cluster, "fresh", 1, "http://collector:4318");
        StatusTests.Deploy(cluster, "stale", 2, Before);
        StatusTests.Deploy(cluster, "missing", 1, null);
        StatusTests.Deploy(cluster, "guarded", 1, Before);
        cluster.Apply("""
            apiVersion: policy/v1
            kind: PodDisruptionBudget
            metadata: {name: guard, namespace: ml}
            spec: {minAvailable: 1, selector: {matchLabels: {app: guarded} } }
            status: {disruptionsAllowed: 0, expectedPods: 1, currentHealthy: 1, desiredHealthy: 1}
            """);
        StatusTests.Deploy(cluster, "paused", 1, Before);
        var paused = cluster.Find("Deployment", "ml/paused");
        paused["spec"]!["paused"] = true;
        cluster.Put(paused);
        var daemon = Pods.Workload("apps/v1", "DaemonSet", "by-hand", 1, Pods.InjectJava);
        daemon["spec"]!["updateStrategy"] = new JsonObject { ["type"] = "OnDelete" };
        daemon = cluster.Put(daemon);
        cluster.Put(Pods.Running(daemon, daemon["spec"]!["template"]!.AsObject(), "x", Before));
        var bare = Pods.Template("bare", Pods.InjectJava);
        bare["kind"] = "Pod";
        bare["metadata"]!["name"] = "bare";
        bare["metadata"]!["namespace"] = "ml";
        cluster.Put(bare);
        return cluster;
    }

    private static string? RestartedAtOf(OnlineCluster cluster, string kind, string name) =>
        cluster.Find(kind, $"ml/{name}")["spec"]!["template"]!["metadata"]!["annotations"]?[RestartedAt]?.GetValue<string>();
}
