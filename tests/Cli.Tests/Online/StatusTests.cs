using System.Text.Json.Nodes;
using Spanhook.Support;

namespace Spanhook.Cli.Tests.Online;

/// <summary><c>status</c> against an API server.</summary>
public sealed class StatusTests
{
    private const string Now = "http://collector:4318";
    private const string Before = "http://old:4318";

    [Fact]
    public async Task The_transcripts_of_status_are_golden()
    {
        await using var cluster = await MixedAsync();
        Transcript.AssertMatches("status",
            ("status", cluster.Run("status")),
            ("status -o wide", cluster.Run("status", "-o", "wide")),
            ("status -A", cluster.Run("status", "-A")),
            ("status -n empty", Empty(cluster)),
            ("status -o json", cluster.Run("status", "-o", "json")));
    }

    [Fact]
    public async Task A_terminal_gets_a_table()
    {
        await using var cluster = await MixedAsync();
        var run = cluster.RunWith(new Conversation(HasColours: true), "status");
        Assert.Contains("╭", run.Out, StringComparison.Ordinal);
        Assert.Contains("deployment/fresh", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_found_is_exit_code_0()
    {
        await using var cluster = await OnlineCluster.StartAsync();
        Deploy(cluster, "fresh", 2, Now);
        Deploy(cluster, "quiet", 1, null, annotation: null);
        var run = cluster.Run("status", "-o", "json");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal((2, 2, 0, 0), Counts(run, "fresh"));
        Assert.Equal((1, 0, 0, 0), Counts(run, "quiet"));
    }

    [Fact]
    public async Task Pods_that_ended_or_are_being_deleted_do_not_count()
    {
        await using var cluster = await OnlineCluster.StartAsync();
        var (controller, template) = Deploy(cluster, "web", 1, Now);
        var ended = Pods.Running(controller, template, "ended", null);
        ended["status"]!["phase"] = "Succeeded";
        cluster.Put(ended);
        var leaving = Pods.Running(controller, template, "leaving", null);
        leaving["metadata"]!["deletionTimestamp"] = "2030-01-01T00:00:00Z";
        cluster.Put(leaving);
        Assert.Equal((1, 1, 0, 0), Counts(cluster.Run("status", "-o", "json"), "web"));
    }

    [Fact]
    public async Task Lists_come_in_pages_and_every_pod_counts_once_even_if_a_page_expires()
    {
        await using var cluster = await OnlineCluster.StartAsync();
        var (controller, template) = Deploy(cluster, "web", 0, Now);
        for (var i = 0; i < 1201; i++) cluster.Put(Pods.Running(controller, template, $"p{i}", i % 2 == 0 ? Now : Before));
        var expired = 0;
        cluster.Server.Fault = request => request.Path.EndsWith("/pods", StringComparison.Ordinal) && request.Query.ContainsKey("continue") && expired++ == 1
            ? FakeFault.Answer(410, "Expired")
            : null;

        var run = cluster.Run("status", "-o", "json");

        Assert.Equal((1201, 1201, 600, 0), Counts(run, "web"));
        Assert.True(expired > 1);
        Assert.All(cluster.Server.Requests.Where(request => request.Path.EndsWith('s')), request => Assert.Equal("500", request.Query["limit"]));
    }

    [Fact]
    public async Task A_policy_is_named_as_who_asks()
    {
        await using var cluster = await OnlineCluster.StartAsync();
        cluster.Apply("""
            apiVersion: spanhook.dev/v1alpha1
            kind: TracingPolicy
            metadata: {name: all-java}
            spec:
              namespaceSelector: {matchLabels: {team: ml}}
              inject: {languages: [java]}
            """);
        Deploy(cluster, "web", 1, null, annotation: null);
        var run = cluster.Run("status", "-o", "json");
        Assert.Equal((1, 0, 0, 1), Counts(run, "web"));
        Assert.Equal("policy all-java", Row(run, "web")["askedBy"]!.GetValue<string>());
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task The_annotation_of_the_namespace_is_named_as_who_asks()
    {
        await using var cluster = await OnlineCluster.StartAsync();
        cluster.Apply("""
            apiVersion: v1
            kind: Namespace
            metadata: {name: ml, annotations: {instrumentation.opentelemetry.io/inject-java: "true"}}
            """);
        Deploy(cluster, "web", 1, null, annotation: null);
        Assert.Equal("namespace", Row(cluster.Run("status", "-o", "json"), "web")["askedBy"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_namespace_that_the_webhook_is_not_asked_about_is_said_to_be_so()
    {
        await using var cluster = await OnlineCluster.StartAsync();
        cluster.Apply("""
            apiVersion: v1
            kind: Namespace
            metadata: {name: ml, labels: {spanhook.dev/injection: "off"}}
            """);
        Deploy(cluster, "web", 1, null);
        var run = cluster.Run("status");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("outside_webhook", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("restart --stale", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pods_of_other_kinds_of_owners_are_counted_below_these()
    {
        await using var cluster = await OnlineCluster.StartAsync();
        var stateful = cluster.Put(Pods.Workload("apps/v1", "StatefulSet", "db", 1, Pods.InjectJava));
        cluster.Put(Pods.Running(stateful, stateful["spec"]!["template"]!.AsObject(), "0", Now));
        var daemon = cluster.Put(Pods.Workload("apps/v1", "DaemonSet", "agent", 1, Pods.InjectJava));
        cluster.Put(Pods.Running(daemon, daemon["spec"]!["template"]!.AsObject(), "x1", Before));
        var job = cluster.Put(Pods.Workload("batch/v1", "Job", "once", 1, Pods.InjectJava));
        cluster.Put(Pods.Running(job, job["spec"]!["template"]!.AsObject(), "x2", Now));
        var alien = Pods.Workload("example.com/v1", "Alien", "ship", 1, null);
        cluster.Put(Pods.Running(alien, Pods.Template("ship", Pods.InjectJava), "x3", null));
        var run = cluster.Run("status", "-o", "json");
        Assert.Equal([(1, 1, 0, 0), (1, 1, 1, 0), (1, 1, 0, 0), (1, 0, 0, 1)], new[] { "db", "agent", "once", "ship" }.Select(name => Counts(run, name)));
        Assert.Equal("Alien", Row(run, "ship")["kind"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_LeaderWorkerSet_has_its_leaders_compared_with_one_template_and_its_workers_with_the_other()
    {
        await using var cluster = await OnlineCluster.StartAsync();
        var sets = cluster.Server.Serve("/apis/leaderworkerset.x-k8s.io/v1/leaderworkersets", "LeaderWorkerSet");
        var (leader, worker) = (Pods.Template("llm", Pods.InjectJava), Pods.Template("llm", null));
        sets.Put(new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "llm", ["namespace"] = "ml" },
            ["spec"] = new JsonObject { ["leaderWorkerTemplate"] = new JsonObject { ["leaderTemplate"] = leader.DeepClone(), ["workerTemplate"] = worker.DeepClone() } },
        });
        foreach (var (index, template, endpoint) in ((string, JsonObject, string?)[])[("0", leader, Now), ("1", worker, null)])
        {
            var labels = template["metadata"]!["labels"]!.AsObject();
            labels["leaderworkerset.sigs.k8s.io/name"] = "llm";
            labels["leaderworkerset.sigs.k8s.io/worker-index"] = index;
            cluster.Put(Pods.Running(Pods.Workload("apps/v1", "StatefulSet", index == "0" ? "llm" : "llm-0", 1, null), template, index, endpoint));
        }

        Assert.Equal((2, 1, 0, 0), Counts(cluster.Run("status", "-o", "json"), "llm"));
    }

    internal static async Task<OnlineCluster> MixedAsync()
    {
        var cluster = await OnlineCluster.StartAsync();
        cluster.Apply("{apiVersion: v1, kind: Namespace, metadata: {name: empty}}");
        cluster.Apply("{apiVersion: v1, kind: Namespace, metadata: {name: shop}}");
        Deploy(cluster, "fresh", 2, Now);
        Deploy(cluster, "stale", 2, Before);
        Deploy(cluster, "missing", 1, null);
        Deploy(cluster, "quiet", 1, null, annotation: null);
        Deploy(cluster, "nocr", 1, null, ns: "shop");
        var taken = Deploy(cluster, "taken-back", 1, Now);
        var deployment = cluster.Find("Deployment", "ml/taken-back");
        deployment["spec"]!["template"]!["metadata"]!["annotations"] = new JsonObject { [Pods.InjectJava] = "false" };
        cluster.Put(deployment);
        Assert.NotNull(taken.Controller);
        return cluster;
    }

    /// <summary>A Deployment with its ReplicaSet and running pods.</summary>
    internal static (JsonObject Controller, JsonObject Template) Deploy(OnlineCluster cluster, string name, int pods, string? endpoint, string? annotation = Pods.InjectJava, string ns = "ml")
    {
        var deployment = cluster.Put(Pods.Deployment(name, pods, annotation, ns));
        var controller = cluster.Put(Pods.ReplicaSet(deployment, "6d5f"));
        var template = deployment["spec"]!["template"]!.AsObject();
        for (var i = 0; i < pods; i++) cluster.Put(Pods.Running(controller, template, $"p{i}", endpoint));
        return (controller, template);
    }

    private static CliRun Empty(OnlineCluster cluster) => cluster.Run("status", "-n", "empty");

    private static JsonObject Row(CliRun run, string name) => run.Json.AsArray().Select(row => row!.AsObject()).Single(row => row["name"]!.GetValue<string>() == name);

    private static (int Pods, int Injected, int Stale, int Missing) Counts(CliRun run, string name)
    {
        var row = Row(run, name);
        return (row["pods"]!.GetValue<int>(), row["injected"]!.GetValue<int>(), row["stale"]!.GetValue<int>(), row["missing"]!.GetValue<int>());
    }
}
