using System.Text.Json.Nodes;
using Spanhook.Cli.Workloads;
using Spanhook.Manifests;

namespace Spanhook.Cli.Enabling;

/// <summary>What a change of its template means to each kind of workload.</summary>
internal static class Rolling
{
    /// <summary>Why the template cannot be changed, and what to do instead; null when it can.</summary>
    /// <param name="name">The workload.</param>
    /// <param name="workload">As the API server has it.</param>
    /// <param name="owner">The outermost workload that it belongs to; null when there is none.</param>
    public static string? Obstacle(WorkloadName name, ManifestObject workload, WorkloadName? owner)
    {
        if (owner is not null && !IsImmutable(owner.Type)) return $"it belongs to {owner}, whose template decides: name {owner} instead";
        if (name.Type == WorkloadType.Pod)
            return $"a pod is injected only when it is created: write the annotation into the manifest of {(owner is null ? "the pod" : owner)}, delete it, and create it again";
        if (IsImmutable(name.Type)) return $"the template of a {name.Type.Kind} cannot be changed: write the annotation into its manifest, delete it, and create it again";
        if (name.Type == WorkloadType.Rollout && workload.Json["spec"]?["workloadRef"] is JsonObject target)
            return $"its pods come from the template of {target["kind"]} {target["name"]} (spec.workloadRef): name {target["kind"]?.ToString().ToLowerInvariant()}/{target["name"]} instead";
        return WorkloadTemplate.Of(workload).Count == 0 ? "it has no pod template" : null;
    }

    /// <summary>Who may undo the change; null when nobody is seen to.</summary>
    public static string? Warning(ManifestObject workload)
    {
        if (Controller.Of(workload.Json) is { } owner)
            return $"{owner.Kind} {owner.Name} owns it and may undo this: set the annotations there";
        var (labels, annotations) = (workload.Json["metadata"]?["labels"], workload.Json["metadata"]?["annotations"]);
        var tool = annotations?["argocd.argoproj.io/tracking-id"] is not null ? "Argo CD"
            : labels?["kustomize.toolkit.fluxcd.io/name"] is not null || labels?["helm.toolkit.fluxcd.io/name"] is not null ? "Flux"
            : annotations?["meta.helm.sh/release-name"] is not null ? "Helm"
            : null;
        return tool is null ? null : $"{tool} manages it and may undo this: write the annotations where {tool} reads them";
    }

    /// <summary>What happens to the pods, in a sentence.</summary>
    public static string Effect(WorkloadName name, JsonObject workload)
    {
        var (spec, type) = (workload["spec"], name.Type);
        if (type == WorkloadType.CronJob) return "Its next Job has it; Jobs that run go on as they are.";
        if (type == WorkloadType.ReplicaSet || type == WorkloadType.ReplicationController) return "Pods that it creates from now on have it; those that run go on until they are deleted.";
        if (type == WorkloadType.Deployment && IsTrue(spec?["paused"])) return "It is paused: its pods are replaced when it is resumed (kubectl rollout resume).";
        if (type == WorkloadType.Rollout && IsTrue(spec?["paused"])) return "It is paused: its pods are replaced when it is resumed.";
        var strategy = (spec?["updateStrategy"]?["type"] ?? spec?["strategy"]?["type"] ?? spec?["rolloutStrategy"]?["type"])?.ToString();
        if (strategy == "OnDelete") return "Its strategy is OnDelete: a pod has it once it was deleted and comes again.";
        if (strategy == "Recreate") return "This rolls it: its strategy is Recreate, so all of its pods end before the new ones start.";
        if (type == WorkloadType.LeaderWorkerSet) return "This rolls it: each group of leader and workers is replaced whole.";
        return type == WorkloadType.Rollout ? "This rolls it, by the steps of its strategy." : "This rolls it: its pods are replaced, a few at a time.";
    }

    private static bool IsImmutable(WorkloadType type) => type == WorkloadType.Job || type == WorkloadType.JobSet;

    private static bool IsTrue(JsonNode? value) => value?.GetValueKind() == System.Text.Json.JsonValueKind.True;
}
