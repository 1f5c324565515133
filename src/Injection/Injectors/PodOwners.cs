using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Api.Meta;
using Spanhook.Injection.Cluster;

namespace Spanhook.Injection.Injectors;

/// <summary>
/// The workload that a pod belongs to, as resource attributes and as a name. Known from the pod alone, since an admission makes no call:
/// a ReplicaSet's name ends in the pod's template hash, a Job's in the minute of its CronJob. ReplicaSets and Jobs that the cluster source
/// holds are looked up instead.
/// </summary>
internal sealed class PodOwners
{
    private static readonly AttributeKeys DeploymentKeys = new("Deployment", "k8s.deployment.name", "k8s.deployment.uid");
    private static readonly AttributeKeys ReplicaSetKeys = new("ReplicaSet", "k8s.replicaset.name", "k8s.replicaset.uid");
    private static readonly AttributeKeys CronJobKeys = new("CronJob", "k8s.cronjob.name", "k8s.cronjob.uid");
    private static readonly AttributeKeys JobKeys = new("Job", "k8s.job.name", "k8s.job.uid");

    /// <summary>In the order in which a name is looked for.</summary>
    private static readonly AttributeKeys[] Kinds =
    [
        DeploymentKeys, ReplicaSetKeys, new("StatefulSet", "k8s.statefulset.name", "k8s.statefulset.uid"),
        new("DaemonSet", "k8s.daemonset.name", "k8s.daemonset.uid"), CronJobKeys, JobKeys,
    ];

    private readonly List<KeyValuePair<string, string>> _attributes = [];
    private string? _rollout;
    private (string Kind, string Name)? _other;

    /// <summary><c>k8s.*.name</c> and <c>k8s.*.uid</c> of the owners.</summary>
    public List<KeyValuePair<string, string>> Attributes => _attributes;

    public static PodOwners Resolve(Pod pod, string ns, ClusterSnapshot cluster)
    {
        var owners = new PodOwners();
        (string, string)? anyOther = null;
        foreach (var reference in pod.OwnerReferences.Items())
        {
            var kind = reference.Text("kind"u8) ?? "";
            var name = reference.Text("name"u8) ?? "";
            if (name.Length == 0) continue;
            var keys = KeysOf(kind);
            if (keys == ReplicaSetKeys)
            {
                owners.AddReplicaSet(pod, new(ns, name), reference.Text("uid"u8), cluster);
            }
            else if (keys == JobKeys)
            {
                owners.AddJob(new(ns, name), reference.Text("uid"u8), cluster);
            }
            else if (keys is not null)
            {
                owners.Add(keys, name, reference.Text("uid"u8));
            }
            else
            {
                anyOther ??= (kind, name);
                if (reference.Flag("controller"u8) == true) owners._other ??= (kind, name);
            }
        }

        owners._other ??= anyOther;
        return owners;
    }

    /// <summary>
    /// The workload that a pod is a part of, as Kubernetes knows it, whatever annotations say: a group of pods that only work together (LeaderWorkerSet,
    /// JobSet), else in the order of <see cref="WorkloadName"/>. A pod without an owner is its own, under the name that its maker chose.
    /// </summary>
    public Workload WorkloadOf(Pod pod)
    {
        if (_attributes.Count == 0 && _other is null) return new("Pod", pod.GenerateName ?? pod.Name ?? "");
        if (GroupOf(pod) is { } group) return group;
        foreach (var keys in Kinds)
        {
            foreach (var (key, name) in _attributes)
            {
                if (key == keys.Name) return new(keys.Kind, name);
            }

            if (keys == DeploymentKeys && _rollout is not null) return new("Rollout", _rollout);
        }

        return new(_other!.Value.Kind, _other.Value.Name);
    }

    /// <summary>
    /// The name of the workload, from the most to the least telling: Deployment, Argo Rollout, ReplicaSet, StatefulSet, DaemonSet, CronJob,
    /// Job, any other owner. Null when the pod has none.
    /// </summary>
    /// <param name="attributes">The resource attributes, which a resource or an annotation may have set.</param>
    public string? WorkloadName(ResourceAttributes attributes)
    {
        foreach (var keys in Kinds)
        {
            if (attributes[keys.Name] is { Length: > 0 } name) return name;
            if (keys == DeploymentKeys && _rollout is not null) return _rollout;
        }

        return _other?.Name;
    }

    // Leader and workers belong to StatefulSets of different names, the jobs of a set to different Jobs.
    private static Workload? GroupOf(Pod pod) =>
        pod.Labels.Text("leaderworkerset.sigs.k8s.io/name"u8) is { Length: > 0 } group ? new("LeaderWorkerSet", group)
        : pod.Labels.Text("jobset.sigs.k8s.io/jobset-name"u8) is { Length: > 0 } set ? new("JobSet", set) : null;

    private void AddReplicaSet(Pod pod, NamespacedName key, string? uid, ClusterSnapshot cluster)
    {
        Add(ReplicaSetKeys, key.Name, uid);
        if (cluster.ReplicaSet(key) is { } known)
        {
            foreach (var owner in known.Metadata.OwnerReferences)
            {
                if (owner.Kind.Equals("Deployment", StringComparison.OrdinalIgnoreCase)) Add(KeysOf(owner.Kind)!, owner.Name, owner.Uid);
                else if (owner.Kind == "Rollout") _rollout = owner.Name;
            }

            return;
        }

        if (WithoutHash(key.Name, pod.Labels.Text("pod-template-hash"u8)) is { } deployment) Add(DeploymentKeys, deployment, uid: null);
        else if (WithoutHash(key.Name, pod.Labels.Text("rollouts-pod-template-hash"u8)) is { } rollout) _rollout = rollout;
    }

    private void AddJob(NamespacedName key, string? uid, ClusterSnapshot cluster)
    {
        Add(JobKeys, key.Name, uid);
        if (cluster.Job(key) is { } known)
        {
            foreach (var owner in known.Metadata.OwnerReferences)
            {
                if (owner.Kind.Equals("CronJob", StringComparison.OrdinalIgnoreCase)) Add(KeysOf(owner.Kind)!, owner.Name, owner.Uid);
            }

            return;
        }

        // The CronJob controller names its Jobs NAME-MINUTES, where the minutes since 1970 have 8 digits until the year 2160.
        var dash = key.Name.LastIndexOf('-');
        if (dash > 0 && key.Name.Length - dash == 9 && key.Name.AsSpan(dash + 1).IndexOfAnyExceptInRange('0', '9') < 0) Add(CronJobKeys, key.Name[..dash], uid: null);
    }

    private void Add(AttributeKeys keys, string name, string? uid)
    {
        _attributes.Add(new(keys.Name, name));
        if (!string.IsNullOrEmpty(uid)) _attributes.Add(new(keys.Uid, uid));
    }

    /// <summary>The attributes of a kind, whatever its case; null for a kind that the semantic conventions do not know.</summary>
    private static AttributeKeys? KeysOf(string kind)
    {
        foreach (var keys in Kinds)
        {
            if (keys.Kind.Equals(kind, StringComparison.OrdinalIgnoreCase)) return keys;
        }

        return null;
    }

    private static string? WithoutHash(string name, string? hash) =>
        !string.IsNullOrEmpty(hash) && name.Length > hash.Length + 1 && name.EndsWith(hash, StringComparison.Ordinal) && name[^(hash.Length + 1)] == '-'
            ? name[..^(hash.Length + 1)]
            : null;

    private sealed record AttributeKeys(string Kind, string Name, string Uid);
}

/// <summary>The object that people deploy.</summary>
/// <param name="Kind">Deployment, StatefulSet, …; Pod for a pod without an owner.</param>
/// <param name="Name">Its name.</param>
internal readonly record struct Workload(string Kind, string Name);
