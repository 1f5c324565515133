using Spanhook.Cli.Connection;
using Spanhook.Cli.Workloads;
using Spanhook.Manifests;

namespace Spanhook.Cli.Explaining;

/// <summary>A workload that the API server has.</summary>
/// <param name="Document">As it was sent, without what the API server keeps for itself.</param>
/// <param name="Object">The same, to be changed.</param>
internal sealed record LiveWorkload(ManifestDocument Document, ManifestObject Object)
{
    /// <exception cref="ManifestException">There is none of that name.</exception>
    public static async Task<LiveWorkload> GetAsync(ClusterSession session, WorkloadName name, CancellationToken cancellation)
    {
        var json = await session.FindAsync(name.PathIn(session.Namespace), cancellation)
            ?? throw new ManifestException(new ManifestProblem(name.ToString(), 0, 0,
                $"there is no {name.Type.Kind} of this name in namespace {session.Namespace} of {session.Server}: check the name and --namespace"));

        // The log of who wrote which field is no part of what people wrote.
        (json["metadata"] as System.Text.Json.Nodes.JsonObject)?.Remove("managedFields");
        var document = ManifestReader.Parse(json.ToJsonString(), name.ToString())[0];
        return new LiveWorkload(document, ManifestObject.In(document, document.ToNode())[0]);
    }
}
