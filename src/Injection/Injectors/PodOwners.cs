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
    private static readonly string[] NameKeys =
    [
        "k8s.deployment.name", "k8s.replicaset.name", "k8s.statefulset.name", "k8s.daemonset.name", "k8s.cronjob.name", "k8s.job.name",
    ];

    private readonly List<KeyValuePair<string, string>> _attributes = [];
    private string? _rollout;
    private string? _other;

    /// <summary><c>k8s.*.name</c> and <c>k8s.*.uid</c> of the owners.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Attributes => _attributes;

    public static PodOwners Resolve(Pod pod, string ns, ClusterSnapshot cluster)
    {
        var owners = new PodOwners();
        string? anyOther = null;
        foreach (var reference in pod.OwnerReferences.Items())
        {
            var kind = reference.Text("kind"u8) ?? "";
            var name = reference.Text("name"u8) ?? "";
            if (name.Length == 0) continue;
            switch (kind.ToLowerInvariant())
            {
                case "replicaset": owners.AddReplicaSet(pod, new(ns, name), reference.Text("uid"u8), cluster); break;
                case "job": owners.AddJob(new(ns, name), reference.Text("uid"u8), cluster); break;
                case "deployment" or "statefulset" or "daemonset" or "cronjob": owners.Add(kind, name, reference.Text("uid"u8)); break;
                default:
                    anyOther ??= name;
                    if (reference.Flag("controller"u8) == true) owners._other ??= name;
                    break;
            }
        }

        owners._other ??= anyOther;
        return owners;
    }

    /// <summary>
    /// The name of the workload, from the most to the least telling: Deployment, Argo Rollout, ReplicaSet, StatefulSet, DaemonSet, CronJob,
    /// Job, any other owner. Null when the pod has none.
    /// </summary>
    /// <param name="attribute">Gives the value of a resource attribute, which a resource or an annotation may have set.</param>
    public string? WorkloadName(Func<string, string?> attribute)
    {
        for (var i = 0; i < NameKeys.Length; i++)
        {
            if (attribute(NameKeys[i]) is { Length: > 0 } name) return name;
            if (i == 0 && _rollout is not null) return _rollout;
        }

        return _other;
    }

    private void AddReplicaSet(Pod pod, NamespacedName key, string? uid, ClusterSnapshot cluster)
    {
        Add("ReplicaSet", key.Name, uid);
        if (cluster.ReplicaSet(key) is { } known)
        {
            foreach (var owner in known.Metadata.OwnerReferences)
            {
                if (owner.Kind.Equals("Deployment", StringComparison.OrdinalIgnoreCase)) Add(owner.Kind, owner.Name, owner.Uid);
                else if (owner.Kind == "Rollout") _rollout = owner.Name;
            }

            return;
        }

        if (WithoutHash(key.Name, pod.Labels.Text("pod-template-hash"u8)) is { } deployment) Add("Deployment", deployment, uid: null);
        else if (WithoutHash(key.Name, pod.Labels.Text("rollouts-pod-template-hash"u8)) is { } rollout) _rollout = rollout;
    }

    private void AddJob(NamespacedName key, string? uid, ClusterSnapshot cluster)
    {
        Add("Job", key.Name, uid);
        if (cluster.Job(key) is { } known)
        {
            foreach (var owner in known.Metadata.OwnerReferences)
            {
                if (owner.Kind.Equals("CronJob", StringComparison.OrdinalIgnoreCase)) Add(owner.Kind, owner.Name, owner.Uid);
            }

            return;
        }

        // The CronJob controller names its Jobs NAME-MINUTES, where the minutes since 1970 have 8 digits until the year 2160.
        var dash = key.Name.LastIndexOf('-');
        if (dash > 0 && key.Name.Length - dash == 9 && key.Name.AsSpan(dash + 1).IndexOfAnyExceptInRange('0', '9') < 0) Add("CronJob", key.Name[..dash], uid: null);
    }

    private void Add(string kind, string name, string? uid)
    {
        var prefix = "k8s." + kind.ToLowerInvariant();
        _attributes.Add(new(prefix + ".name", name));
        if (!string.IsNullOrEmpty(uid)) _attributes.Add(new(prefix + ".uid", uid));
    }

    private static string? WithoutHash(string name, string? hash) =>
        !string.IsNullOrEmpty(hash) && name.Length > hash.Length + 1 && name.EndsWith(hash, StringComparison.Ordinal) && name[^(hash.Length + 1)] == '-'
            ? name[..^(hash.Length + 1)]
            : null;
}
