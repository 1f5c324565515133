using System.Text.Json;
using System.Text.Json.Nodes;
using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Api.Meta;
using Spanhook.Injection.Cluster;
using Spanhook.Injection.Injectors;

namespace Spanhook.Injection.Tests.Injectors;

/// <summary>D11: the workload is known from the pod alone, and better where the cluster source holds the object between.</summary>
public sealed class PodOwnersTests
{
    [Theory]
    [InlineData("ReplicaSet", "web-5d4f", "pod-template-hash=5d4f", "web", "k8s.deployment.name=web,k8s.replicaset.name=web-5d4f")]
    [InlineData("ReplicaSet", "web-5d4f", "pod-template-hash=5d4", "web-5d4f", "k8s.replicaset.name=web-5d4f")]
    [InlineData("ReplicaSet", "web-5d4f", "", "web-5d4f", "k8s.replicaset.name=web-5d4f")]
    [InlineData("ReplicaSet", "5d4f", "pod-template-hash=5d4f", "5d4f", "k8s.replicaset.name=5d4f")]
    [InlineData("ReplicaSet", "-5d4f", "pod-template-hash=5d4f", "-5d4f", "k8s.replicaset.name=-5d4f")]
    [InlineData("replicaset", "web-5d4f", "pod-template-hash=5d4f", "web", "k8s.deployment.name=web,k8s.replicaset.name=web-5d4f")]
    [InlineData("ReplicaSet", "pay-7c9f", "rollouts-pod-template-hash=7c9f", "pay", "k8s.replicaset.name=pay-7c9f")]
    [InlineData("Job", "report-28912345", "", "report", "k8s.cronjob.name=report,k8s.job.name=report-28912345")]
    [InlineData("Job", "report-2891234", "", "report-2891234", "k8s.job.name=report-2891234")]
    [InlineData("Job", "report-289123456", "", "report-289123456", "k8s.job.name=report-289123456")]
    [InlineData("Job", "28912345", "", "28912345", "k8s.job.name=28912345")]
    [InlineData("StatefulSet", "db", "", "db", "k8s.statefulset.name=db")]
    [InlineData("DaemonSet", "agent", "", "agent", "k8s.daemonset.name=agent")]
    [InlineData("LeaderWorkerSet", "llama", "", "llama", "")]
    [InlineData("RayCluster", "ray", "", "ray", "")]
    public void An_owner_gives_name_and_attributes(string kind, string name, string label, string workload, string attributes)
    {
        var owners = Resolve(kind, name, label, ClusterSnapshot.Empty);
        var found = owners.Attributes.Where(a => a.Key.EndsWith(".name", StringComparison.Ordinal)).ToDictionary(a => a.Key, a => a.Value, StringComparer.Ordinal);
        Assert.Equal(attributes, string.Join(',', found.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => $"{a.Key}={a.Value}")));
        using var set = new ResourceAttributes();
        foreach (var (key, value) in found) set.Set(key, value);
        Assert.Equal(workload, owners.WorkloadName(set));
    }

    [Fact]
    public void A_ReplicaSet_of_the_cluster_is_looked_up_and_not_derived()
    {
        var cluster = ClusterSnapshot.Compile(new ClusterObjects
        {
            ReplicaSets = [new PartialObject { Metadata = new() { Name = "web-5d4f", Namespace = "shop", OwnerReferences = [new() { Kind = "Deployment", Name = "other", Uid = "u" }] } }],
        });
        var owners = Resolve("ReplicaSet", "web-5d4f", "pod-template-hash=5d4f", cluster);
        Assert.Contains(KeyValuePair.Create("k8s.deployment.name", "other"), owners.Attributes);
        Assert.Contains(KeyValuePair.Create("k8s.deployment.uid", "u"), owners.Attributes);
        Assert.DoesNotContain(KeyValuePair.Create("k8s.deployment.name", "web"), owners.Attributes);
    }

    [Fact]
    public void A_ReplicaSet_of_another_namespace_is_another_one()
    {
        var cluster = ClusterSnapshot.Compile(new ClusterObjects
        {
            ReplicaSets = [new PartialObject { Metadata = new() { Name = "web-5d4f", Namespace = "other", OwnerReferences = [new() { Kind = "Deployment", Name = "theirs" }] } }],
        });
        Assert.DoesNotContain(Resolve("ReplicaSet", "web-5d4f", "", cluster).Attributes, a => a.Value == "theirs");
    }

    [Fact]
    public void A_pod_without_owners_has_no_workload() => Assert.Null(WorkloadName(PodOf("{}")));

    [Fact]
    public void The_controlling_owner_of_an_unknown_kind_beats_another_one()
    {
        var pod = PodOf("""{"metadata":{"ownerReferences":[{"kind":"Watcher","name":"watcher"},{"kind":"RayCluster","name":"ray","controller":true}]}}""");
        Assert.Equal("ray", WorkloadName(pod));
    }

    private static string? WorkloadName(Pod pod)
    {
        using var none = new ResourceAttributes();
        return PodOwners.Resolve(pod, "shop", ClusterSnapshot.Empty).WorkloadName(none);
    }

    private static PodOwners Resolve(string kind, string name, string label, ClusterSnapshot cluster)
    {
        var metadata = new JsonObject
        {
            ["labels"] = label.Length == 0 ? null : new JsonObject { [label.Split('=')[0]] = label.Split('=')[1] },
            ["ownerReferences"] = new JsonArray(new JsonObject { ["kind"] = kind, ["name"] = name, ["uid"] = "u1", ["controller"] = true }),
        };
        return PodOwners.Resolve(PodOf(new JsonObject { ["metadata"] = metadata }.ToJsonString()), "shop", cluster);
    }

    private static Pod PodOf(string json) => new(JsonDocument.Parse(json).RootElement);
}
