using System.Text.Json.Nodes;
using Spanhook.Cli.Connection;
using Spanhook.Cli.Workloads;
using Spanhook.Manifests;

namespace Spanhook.Cli.Explaining;

/// <summary>The workload behind a pod, found by asking for one owner after the other.</summary>
/// <param name="Name">As the command line takes it.</param>
/// <param name="Object">As the API server has it.</param>
internal sealed record PodWorkload(WorkloadName Name, ManifestObject Object)
{
    // Deployment, ReplicaSet, pod is the usual length; a cycle is possible, since nobody checks owner references.
    private const int MaxOwners = 5;

    /// <summary>The outermost owner whose kind is known and that has a template; null for a bare pod, or when there is none.</summary>
    public static async Task<PodWorkload?> FindAsync(ClusterSession session, JsonObject pod, string ns, CancellationToken cancellation)
    {
        PodWorkload? outermost = null;
        var at = pod;
        for (var i = 0; i < MaxOwners && Controller.Of(at)?.Workload is { } owner; i++)
        {
            if (await session.FindAsync(owner.PathIn(ns), cancellation) is not { } found) break;
            var item = ObjectOf(found, owner.ToString());
            if (WorkloadTemplate.Of(item).Count > 0) outermost = new PodWorkload(owner, item);
            at = found;
        }

        return outermost;
    }

    /// <summary>An object that the API server gave, as manifests are read.</summary>
    public static ManifestObject ObjectOf(JsonObject json, string name)
    {
        var document = ManifestReader.Parse(json.ToJsonString(), name)[0];
        return ManifestObject.In(document, document.ToNode())[0];
    }

    /// <summary>The template that a pod was made of; of several the one of its role.</summary>
    public WorkloadTemplate TemplateOf(JsonObject pod)
    {
        var templates = WorkloadTemplate.Of(Object);
        return templates.FirstOrDefault(template => template.Role == OwnerIndex.RoleOf(pod)) ?? templates[0];
    }
}
