using System.Text.Json;
using Spanhook.Api.Core;
using Spanhook.Server.Reporting.Events;

namespace Spanhook.Server.Tests.Reporting;

/// <summary>What an event is about, from the pod alone.</summary>
public sealed class WorkloadTests
{
    [Theory]
    [InlineData("""{"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-5d59d67564","uid":"u","controller":true}],"labels":{"pod-template-hash":"5d59d67564"}}""", "apps/v1 Deployment web ")]
    [InlineData("""{"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web","uid":"u","controller":true}],"labels":{"pod-template-hash":"5d59d67564"}}""", "apps/v1 ReplicaSet web u")]
    [InlineData("""{"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-5d59d67564","uid":"u"}]}""", "apps/v1 ReplicaSet web-5d59d67564 u")]
    [InlineData("""{"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-5d5","uid":"u"}],"labels":{"rollouts-pod-template-hash":"5d5"}}""", "argoproj.io/v1alpha1 Rollout web ")]
    [InlineData("""{"ownerReferences":[{"apiVersion":"apps/v1","kind":"StatefulSet","name":"db","uid":"u","controller":true}]}""", "apps/v1 StatefulSet db u")]
    [InlineData("""{"ownerReferences":[{"apiVersion":"apps/v1","kind":"DaemonSet","name":"agent","uid":"u"}]}""", "apps/v1 DaemonSet agent u")]
    [InlineData("""{"ownerReferences":[{"apiVersion":"batch/v1","kind":"Job","name":"once","uid":"u"}]}""", "batch/v1 Job once u")]
    [InlineData("""{"ownerReferences":[{"apiVersion":"batch/v1","kind":"Job","name":"nightly-29384756","uid":"u"}]}""", "batch/v1 CronJob nightly ")]
    [InlineData("""{"ownerReferences":[{"apiVersion":"batch/v1","kind":"Job","name":"-29384756","uid":"u"}]}""", "batch/v1 Job -29384756 u")]
    [InlineData("""{"ownerReferences":[{"apiVersion":"batch/v1","kind":"Job","name":"train-workers-0","uid":"u"}],"labels":{"jobset.sigs.k8s.io/jobset-name":"train"}}""", "jobset.x-k8s.io/v1alpha2 JobSet train ")]
    [InlineData("""{"ownerReferences":[{"apiVersion":"apps/v1","kind":"StatefulSet","name":"vllm-0","uid":"u"}],"labels":{"leaderworkerset.sigs.k8s.io/name":"vllm"}}""", "leaderworkerset.x-k8s.io/v1 LeaderWorkerSet vllm ")]
    [InlineData("""{"ownerReferences":[{"apiVersion":"a/v1","kind":"A","name":"a","uid":"1"},{"apiVersion":"b/v1","kind":"B","name":"b","uid":"2","controller":true}]}""", "b/v1 B b 2")]
    [InlineData("""{"name":"alone"}""", "v1 Pod alone ")]
    [InlineData("""{"name":"alone","labels":{"leaderworkerset.sigs.k8s.io/name":"other"}}""", "v1 Pod alone ")]
    [InlineData("""{"generateName":"alone-"}""", null)]
    [InlineData("""{"name":"alone","ownerReferences":["nonsense",{"name":7}]}""", "v1 Pod alone ")]
    public void The_workload_of_a_pod_is(string metadata, string? expected)
    {
        using var document = JsonDocument.Parse($$"""{"metadata":{{metadata}}}""");
        var workload = Workload.Of(new Pod(document.RootElement));
        Assert.Equal(expected, workload is { } found ? $"{found.ApiVersion} {found.Kind} {found.Name} {found.Uid}" : null);
    }
}
