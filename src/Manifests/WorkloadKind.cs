namespace Spanhook.Manifests;

/// <summary>Where a kind of workload keeps its pods' templates. To support one more kind, add a line to <see cref="All"/>.</summary>
/// <param name="Group">The API group; empty for core.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Places">Where the templates are; a Pod is its own.</param>
internal sealed record WorkloadKind(string Group, string Kind, params IReadOnlyList<TemplatePlace> Places)
{
    public static readonly IReadOnlyList<WorkloadKind> All =
    [
        new("", "Pod", new TemplatePlace("")),
        new("", "ReplicationController", new TemplatePlace("/spec/template", IsRequired: false)),
        new("apps", "Deployment", new TemplatePlace("/spec/template")),
        new("apps", "StatefulSet", new TemplatePlace("/spec/template")),
        new("apps", "DaemonSet", new TemplatePlace("/spec/template")),
        new("apps", "ReplicaSet", new TemplatePlace("/spec/template")),
        new("batch", "Job", new TemplatePlace("/spec/template")),
        new("batch", "CronJob", new TemplatePlace("/spec/jobTemplate/spec/template")),
        new("leaderworkerset.x-k8s.io", "LeaderWorkerSet",
            new TemplatePlace("/spec/leaderWorkerTemplate/leaderTemplate", IsRequired: false, Role: "leader"),
            new TemplatePlace("/spec/leaderWorkerTemplate/workerTemplate", Role: "worker")),

        // Its jobs are a list: their names tell the templates apart.
        new("jobset.x-k8s.io", "JobSet", new TemplatePlace("/spec/replicatedJobs/*/template/spec/template")),

        // A Rollout may point at the template of a Deployment (spec.workloadRef) instead.
        new("argoproj.io", "Rollout", new TemplatePlace("/spec/template", IsRequired: false)),
    ];

    public bool IsPod => Kind == "Pod";

    public static WorkloadKind? Of(ManifestObject item) => All.FirstOrDefault(kind => kind.Kind == item.Kind && kind.Group == item.Group);
}

/// <param name="Pointer">The JSON pointer of the template in the workload; an asterisk stands for every item of a list.</param>
/// <param name="IsRequired">Whether the API server insists on it.</param>
/// <param name="Role">Which of several templates it is; null for an only one.</param>
internal sealed record TemplatePlace(string Pointer, bool IsRequired = true, string? Role = null);
