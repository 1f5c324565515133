using System.Text.Json;
using Spanhook.Api;
using Spanhook.Api.Core;

namespace Spanhook.Server.Reporting.Events;

/// <summary>What a person created, in the end: what an event is about. Known from the pod alone, since an admission makes no call.</summary>
/// <param name="ApiVersion">Of its kind.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Name">Its name.</param>
/// <param name="Uid">Null where the pod does not know it.</param>
internal readonly record struct Workload(string ApiVersion, string Kind, string Name, string? Uid)
{
    private const int MinutesLength = 8;

    /// <summary>
    /// The workload of a pod, what is found first:
    /// <list type="table">
    /// <item>label <c>leaderworkerset.sigs.k8s.io/name</c>, <c>jobset.sigs.k8s.io/jobset-name</c>: that LeaderWorkerSet or JobSet, without uid;</item>
    /// <item>owned by a ReplicaSet whose name ends in <c>pod-template-hash</c> (<c>rollouts-pod-template-hash</c>): its Deployment (Argo Rollout), without uid;</item>
    /// <item>owned by a Job named NAME-MINUTES: the CronJob, without uid;</item>
    /// <item>the controller, else the first owner, with its uid;</item>
    /// <item>the pod itself, which has no uid yet.</item>
    /// </list>
    /// </summary>
    /// <returns>Null for a pod without owner and without name.</returns>
    public static Workload? Of(Pod pod)
    {
        var owner = Owner(pod.OwnerReferences);
        if (owner.Text("name"u8) is not { Length: > 0 } name) return pod.Name is { Length: > 0 } own ? new("v1", "Pod", own, null) : null;
        var labels = pod.Labels;
        if (labels.Text("leaderworkerset.sigs.k8s.io/name"u8) is { Length: > 0 } set) return new("leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet", set, null);
        if (labels.Text("jobset.sigs.k8s.io/jobset-name"u8) is { Length: > 0 } jobs) return new("jobset.x-k8s.io/v1alpha2", "JobSet", jobs, null);
        if (owner.TextEquals("kind"u8, "ReplicaSet"u8))
        {
            if (Without(labels.Text("pod-template-hash"u8), name) is { } deployment) return new("apps/v1", "Deployment", deployment, null);
            if (Without(labels.Text("rollouts-pod-template-hash"u8), name) is { } rollout) return new("argoproj.io/v1alpha1", "Rollout", rollout, null);
        }
        else if (owner.TextEquals("kind"u8, "Job"u8) && CronJob(name) is { } cronJob)
        {
            return new("batch/v1", "CronJob", cronJob, null);
        }

        return new(owner.Text("apiVersion"u8) ?? "", owner.Text("kind"u8) ?? "", name, owner.Text("uid"u8));
    }

    private static JsonElement Owner(JsonElement references)
    {
        JsonElement first = default;
        foreach (var reference in references.Items())
        {
            if (reference.Flag("controller"u8) == true) return reference;
            if (!first.IsPresent()) first = reference;
        }

        return first;
    }

    private static string? Without(string? hash, string name) =>
        !string.IsNullOrEmpty(hash) && name.Length > hash.Length + 1 && name.EndsWith(hash, StringComparison.Ordinal) && name[^(hash.Length + 1)] == '-' ? name[..^(hash.Length + 1)] : null;

    // The minutes since 1970 have 8 digits until the year 2160.
    private static string? CronJob(string job)
    {
        var dash = job.Length - MinutesLength - 1;
        return dash > 0 && job[dash] == '-' && job.AsSpan(dash + 1).IndexOfAnyExceptInRange('0', '9') < 0 ? job[..dash] : null;
    }
}
