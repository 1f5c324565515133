using System.Text.Json;
using Spanhook.Injection.Cluster;
using Spanhook.Injection.Decision;
using Spanhook.Injection.Injectors;

namespace Spanhook.Injection.Tests.Decision;

/// <summary>The share of workloads: stable over releases, machines and replicas, because what is injected must not change by itself.</summary>
public sealed class RolloutTests
{
    [Theory]
    [InlineData("ml", "Deployment", "llama", "gpu-inference", 5990)]
    [InlineData("ml", "Deployment", "llama", "other", 3032)]
    [InlineData("ml", "StatefulSet", "llama", "gpu-inference", 1330)]
    [InlineData("shop", "Deployment", "llama", "gpu-inference", 6063)]
    [InlineData("ml", "Pod", "bench-", "gpu-inference", 6444)]
    [InlineData("", "", "", "", 8974)]
    public void A_workload_has_the_bucket_that_it_always_had(string ns, string kind, string name, string policy, int bucket) =>
        Assert.Equal(bucket, Rollout.BucketOf(ns, new(kind, name), policy));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(50)]
    [InlineData(100)]
    public void About_the_percentage_of_many_workloads_is_selected(int percent)
    {
        var selected = Enumerable.Range(0, 20_000).Count(i => Rollout.Selects(percent, $"team-{i % 50}", new("Deployment", $"app-{i}"), "policy"));
        Assert.InRange(selected / 200d, percent is 0 or 100 ? percent : percent - 1.2, percent is 0 or 100 ? percent : percent + 1.2);
    }

    [Fact]
    public void A_higher_percentage_keeps_every_workload_of_a_lower_one()
    {
        foreach (var i in Enumerable.Range(0, 2000))
        {
            var workload = new Workload("StatefulSet", $"db-{i}");
            var first = Enumerable.Range(0, 101).First(percent => Rollout.Selects(percent, "ml", workload, "policy"));
            Assert.All(Enumerable.Range(first, 101 - first), percent => Assert.True(Rollout.Selects(percent, "ml", workload, "policy")));
        }
    }

    [Fact]
    public void Each_policy_begins_with_other_workloads()
    {
        var both = Enumerable.Range(0, 10_000).Count(i => Rollout.Selects(10, "ml", new("Deployment", $"a{i}"), "one") && Rollout.Selects(10, "ml", new("Deployment", $"a{i}"), "two"));
        Assert.InRange(both, 50, 160);
    }

    /// <summary>Owner, labels, and the workload whose pods must all get one answer.</summary>
    [Theory]
    [InlineData("""{"kind":"ReplicaSet","name":"web-5d4f"}""", """{"pod-template-hash":"5d4f"}""", "Deployment web")]
    [InlineData("""{"kind":"Deployment","name":"web"}""", "{}", "Deployment web")]
    [InlineData("""{"kind":"ReplicaSet","name":"web-5d4f"}""", """{"rollouts-pod-template-hash":"5d4f"}""", "Rollout web")]
    [InlineData("""{"kind":"Rollout","name":"web","controller":true}""", "{}", "Rollout web")]
    [InlineData("""{"kind":"ReplicaSet","name":"alone"}""", "{}", "ReplicaSet alone")]
    [InlineData("""{"kind":"StatefulSet","name":"db"}""", "{}", "StatefulSet db")]
    [InlineData("""{"kind":"DaemonSet","name":"agent"}""", "{}", "DaemonSet agent")]
    [InlineData("""{"kind":"Job","name":"report-28912345"}""", "{}", "CronJob report")]
    [InlineData("""{"kind":"Job","name":"import"}""", "{}", "Job import")]
    [InlineData("""{"kind":"StatefulSet","name":"llama"}""", """{"leaderworkerset.sigs.k8s.io/name":"llama"}""", "LeaderWorkerSet llama")]
    [InlineData("""{"kind":"StatefulSet","name":"llama-0"}""", """{"leaderworkerset.sigs.k8s.io/name":"llama"}""", "LeaderWorkerSet llama")]
    [InlineData("""{"kind":"LeaderWorkerSet","name":"llama","controller":true}""", "{}", "LeaderWorkerSet llama")]
    [InlineData("""{"kind":"Job","name":"train-workers-0"}""", """{"jobset.sigs.k8s.io/jobset-name":"train"}""", "JobSet train")]
    [InlineData("""{"kind":"RayCluster","name":"ray","controller":true}""", "{}", "RayCluster ray")]
    public void All_pods_of_a_workload_are_one(string owner, string labels, string expected) => Assert.Equal(expected, WorkloadOf($$"""{"generateName":"x-","labels":{{labels}},"ownerReferences":[{{owner}}]}"""));

    [Theory]
    [InlineData("""{"name":"alone"}""", "Pod alone")]
    [InlineData("""{"generateName":"bench-"}""", "Pod bench-")]
    [InlineData("""{"generateName":"bench-","name":"bench-x7k2p"}""", "Pod bench-")]
    [InlineData("""{"name":"alone","labels":{"leaderworkerset.sigs.k8s.io/name":"llama"}}""", "Pod alone")]
    [InlineData("""{"name":"alone","annotations":{"resource.opentelemetry.io/k8s.deployment.name":"other"}}""", "Pod alone")]
    public void A_pod_without_an_owner_is_its_own_workload(string metadata, string expected) => Assert.Equal(expected, WorkloadOf(metadata));

    private static string WorkloadOf(string metadata)
    {
        using var document = JsonDocument.Parse($$"""{"metadata":{{metadata}}}""");
        var pod = new Api.Core.Pod(document.RootElement);
        var workload = PodOwners.Resolve(pod, "ml", ClusterSnapshot.Empty).WorkloadOf(pod);
        return $"{workload.Kind} {workload.Name}";
    }
}
