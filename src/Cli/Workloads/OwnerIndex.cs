using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spanhook.Cli.Workloads;

/// <summary>An entry of ownerReferences that says <c>controller: true</c>.</summary>
internal readonly record struct Controller(string ApiVersion, string Kind, string Name)
{
    /// <summary>Null when nothing controls the object.</summary>
    public static Controller? Of(JsonObject item)
    {
        var owner = (item["metadata"]?["ownerReferences"] as JsonArray)?.OfType<JsonObject>()
            .FirstOrDefault(reference => reference["controller"]?.GetValueKind() == JsonValueKind.True);
        return owner is null ? null : new(owner["apiVersion"]?.ToString() ?? "", owner["kind"]?.ToString() ?? "", owner["name"]?.ToString() ?? "");
    }

    public WorkloadType? Type => WorkloadType.Of(ApiVersion, Kind);

    /// <summary>As the command line takes it; null for a kind that is not known.</summary>
    public WorkloadName? Workload => Type is { } type ? new WorkloadName(type, Name) : null;

    public override string ToString() => $"{Kind}/{Name}";
}

/// <summary>Whose a pod is: from the objects between (ReplicaSets, Jobs) up to what a person would name.</summary>
internal sealed class OwnerIndex
{
    /// <summary>On every pod and StatefulSet of a LeaderWorkerSet.</summary>
    public const string LeaderWorkerSetLabel = "leaderworkerset.sigs.k8s.io/name";

    private const string WorkerIndexLabel = "leaderworkerset.sigs.k8s.io/worker-index";
    private const string ReplicatedJobLabel = "jobset.sigs.k8s.io/replicatedjob-name";

    private readonly Dictionary<(string Kind, string Namespace, string Name), Controller> _between = [];

    /// <summary>Notes what controls a ReplicaSet or Job.</summary>
    public void Add(WorkloadType type, string ns, string name, Controller controller) => _between[(type.Kind, ns, name)] = controller;

    /// <summary>The workload that a pod belongs to.</summary>
    public WorkloadKey TopOf(JsonObject pod, string ns, string name)
    {
        if (pod["metadata"]?["labels"]?[LeaderWorkerSetLabel]?.ToString() is { Length: > 0 } set) return WorkloadKey.Of(WorkloadType.LeaderWorkerSet, ns, set);
        if (Controller.Of(pod) is not { } controller) return WorkloadKey.Of(WorkloadType.Pod, ns, name);
        if (_between.TryGetValue((controller.Kind, ns, controller.Name), out var above) && above.Type is not null) controller = above;
        return new WorkloadKey(controller.Type, controller.Kind, ns, controller.Name);
    }

    /// <summary>The template that a pod of this workload was made of; null when there is none.</summary>
    public static PodTemplate? TemplateOf(Workload workload, JsonObject pod)
    {
        if (workload.Templates.Count < 2) return workload.Templates.Count == 0 ? null : workload.Templates[0];
        return workload.Templates.FirstOrDefault(template => template.Role == RoleOf(pod));
    }

    /// <summary>Which of several templates a pod of a LeaderWorkerSet or JobSet was made of.</summary>
    public static string RoleOf(JsonObject pod)
    {
        var labels = pod["metadata"]?["labels"];
        return labels?[ReplicatedJobLabel]?.ToString() ?? (labels?[WorkerIndexLabel]?.ToString() == "0" ? "leader" : "worker");
    }
}
