using System.Text.Json.Nodes;
using Spanhook.Cli.Connection;
using Spanhook.Manifests;

namespace Spanhook.Cli.Workloads;

/// <summary>
/// Reads the workloads of a scope and compares their running pods with what would be injected now. Of workloads their templates are kept, of pods
/// only counts: a cluster has many more of them.
/// </summary>
internal sealed class WorkloadReader(ClusterSession session, ClusterState state)
{
    private readonly Dictionary<WorkloadKey, Workload> _workloads = [];
    private readonly OwnerIndex _owners = new();

    /// <summary>Every workload, sorted by namespace, kind and name.</summary>
    public async Task<IReadOnlyList<Workload>> ReadAsync(CancellationToken cancellation)
    {
        foreach (var type in (WorkloadType[])[WorkloadType.Deployment, WorkloadType.StatefulSet, WorkloadType.DaemonSet, WorkloadType.CronJob, WorkloadType.ReplicationController])
            await ListAsync(type, cancellation);
        foreach (var type in (WorkloadType[])[WorkloadType.LeaderWorkerSet, WorkloadType.JobSet, WorkloadType.Rollout]) await ListOptionalAsync(type, cancellation);
        await ListAsync(WorkloadType.Job, cancellation);
        await ReplicaSetsAsync(cancellation);
        await session.ListAsync(session.InScope(WorkloadType.Pod.Root, WorkloadType.Pod.Plural), pod => AddPod(pod, _ => true), cancellation);
        return [.. _workloads.Values.OrderBy(w => w.Key.Namespace, StringComparer.Ordinal).ThenBy(w => w.Key.ToString(), StringComparer.Ordinal)];
    }

    /// <summary>One workload; null when it does not exist.</summary>
    public async Task<Workload?> ReadAsync(WorkloadName name, string ns, CancellationToken cancellation)
    {
        if (await session.FindAsync(name.PathIn(ns), cancellation) is not { } item) return null;
        var key = WorkloadKey.Of(name.Type, ns, name.Name);
        if (name.Type == WorkloadType.Pod)
        {
            AddPod(item, _ => true);
            return _workloads.Values.SingleOrDefault();
        }

        await AddWithTemplateAsync(name.Type, item, cancellation);
        if (!_workloads.ContainsKey(key)) _workloads[key] = new Workload(key); // of a Job that has ended nothing is to be told
        var query = Selection(item);
        if (name.Type == WorkloadType.CronJob) await BetweenAsync(WorkloadType.Job, ns, "", cancellation);
        else await BetweenAsync(WorkloadType.ReplicaSet, ns, query, cancellation);
        await session.ListAsync($"{WorkloadType.Pod.Root}/namespaces/{ns}/{WorkloadType.Pod.Plural}{query}", pod => AddPod(pod, top => top == key), cancellation);
        return _workloads[key];
    }

    // Pods carry the labels that their workload selects, and ReplicaSets those of their pods.
    private static string Selection(JsonObject item)
    {
        var labels = item["spec"]?["selector"]?["matchLabels"] as JsonObject ?? [];
        return labels.Count == 0 ? "" : $"?labelSelector={Uri.EscapeDataString(string.Join(',', labels.Select(label => $"{label.Key}={label.Value}")))}";
    }

    private Task<bool> BetweenAsync(WorkloadType type, string ns, string query, CancellationToken cancellation) =>
        session.ListAsync($"{type.Root}/namespaces/{ns}/{type.Plural}{query}", Between(type, []), cancellation, metadataOnly: true);

    private Task<bool> ListAsync(WorkloadType type, CancellationToken cancellation) =>
        session.ListAsync(session.InScope(type.Root, type.Plural), item => Add(type, item), cancellation);

    // Kinds of others: most clusters lack them, and most roles do not name them.
    private async Task ListOptionalAsync(WorkloadType type, CancellationToken cancellation)
    {
        var rollouts = new List<JsonObject>();
        try
        {
            await session.ListAsync(session.InScope(type.Root, type.Plural), item =>
            {
                if (type == WorkloadType.Rollout && item["spec"]?["workloadRef"] is JsonObject) rollouts.Add(item);
                else Add(type, item);
            }, cancellation);
            foreach (var item in rollouts) await AddWithTemplateAsync(type, item, cancellation);
        }
        catch (ClusterException e) when (e.IsForbidden)
        {
            session.Terminal.Warning($"{type.Plural} are not looked at: {e.Message}");
        }
    }

    // There are many of them, old ones too: of those that somebody controls, only who does.
    private async Task ReplicaSetsAsync(CancellationToken cancellation)
    {
        var type = WorkloadType.ReplicaSet;
        var bare = new List<(string Namespace, string Name)>();
        await session.ListAsync(session.InScope(type.Root, type.Plural), Between(type, bare), cancellation, metadataOnly: true);
        foreach (var (ns, name) in bare)
        {
            if (await session.FindAsync(type.PathOf(ns, name), cancellation) is { } item) Add(type, item);
        }
    }

    private Action<JsonObject> Between(WorkloadType type, List<(string, string)> bare) => item =>
    {
        var (ns, name) = NameOf(item);
        if (Controller.Of(item) is { } controller) _owners.Add(type, ns, name, controller);
        else bare.Add((ns, name));
    };

    private async Task AddWithTemplateAsync(WorkloadType type, JsonObject item, CancellationToken cancellation)
    {
        // A Rollout may point at the template of a Deployment.
        if (item["spec"]?["workloadRef"] is JsonObject reference && WorkloadType.Of(reference["apiVersion"]?.ToString() ?? "", reference["kind"]?.ToString() ?? "") is { } other
            && await session.FindAsync(other.PathOf(NameOf(item).Namespace, reference["name"]?.ToString() ?? ""), cancellation) is { } holder)
        {
            item["spec"]!["template"] = holder["spec"]?["template"]?.DeepClone();
        }

        Add(type, item);
    }

    private void Add(WorkloadType type, JsonObject item)
    {
        var (ns, name) = NameOf(item);
        var controller = Controller.Of(item);
        if (type == WorkloadType.Job && controller is { Type: not null } above)
        {
            _owners.Add(type, ns, name, above);
            return;
        }

        if (type == WorkloadType.Job && HasEnded(item)) return;

        // The StatefulSets of a LeaderWorkerSet are its own business.
        if (item["metadata"]?["labels"]?[OwnerIndex.LeaderWorkerSetLabel] is not null && type == WorkloadType.StatefulSet) return;
        var key = WorkloadKey.Of(type, ns, name);
        var workload = Read(key, type, item, controller?.ToString());
        Decide(workload, [.. workload.Templates.Select(template => template.ToPod())]);
        _workloads[key] = workload;
    }

    private static Workload Read(WorkloadKey key, WorkloadType type, JsonObject item, string? controller)
    {
        try
        {
            return new Workload(key) { Templates = WorkloadTemplates.Of(type, item, key.Namespace), Controller = controller };
        }
        catch (ManifestException e)
        {
            return new Workload(key) { Problem = e.Problems[0].Message, Controller = controller };
        }
    }

    private void AddPod(JsonObject pod, Func<WorkloadKey, bool> isMeant)
    {
        // What has ended is not restarted, and what is being deleted is on its way.
        if (pod["status"]?["phase"]?.ToString() is "Succeeded" or "Failed" || pod["metadata"]?["deletionTimestamp"] is not null) return;
        var (ns, name) = NameOf(pod);
        var key = _owners.TopOf(pod, ns, name);
        if (!isMeant(key)) return;
        if (!_workloads.TryGetValue(key, out var workload)) _workloads[key] = workload = new Workload(key);
        if (workload.Templates.Count == 0) Decide(workload, [pod]);
        workload.Add(name, state.Comparer.Compare(pod, OwnerIndex.TemplateOf(workload, pod)?.ToPod(), ns));
    }

    private void Decide(Workload workload, IReadOnlyList<JsonObject> pods)
    {
        var ns = workload.Key.Namespace;
        workload.Now = [.. pods.Select(pod => state.Comparer.Inject(pod, ns).Result)];
        workload.AskedBy = pods.Zip(workload.Now, (pod, now) => RequestOrigin.Of(pod, state.AnnotationsOf(ns), now)).FirstOrDefault(origin => origin is not null);
    }

    private static bool HasEnded(JsonObject job) => (job["status"]?["conditions"] as JsonArray ?? []).OfType<JsonObject>()
        .Any(condition => condition["type"]?.ToString() is "Complete" or "Failed" && condition["status"]?.ToString() == "True");

    private static (string Namespace, string Name) NameOf(JsonObject item) => (item["metadata"]?["namespace"]?.ToString() ?? "", item["metadata"]?["name"]?.ToString() ?? "");
}
