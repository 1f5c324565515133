using Spanhook.Api;
using Spanhook.Injection.Cluster;

namespace Spanhook.Server.Cluster;

/// <summary>The snapshot that serves, and the very objects that it was made of.</summary>
internal sealed class PublishedCluster(ClusterObjects objects, ClusterSnapshot snapshot)
{
    private readonly Lazy<IReadOnlyDictionary<string, string>> _policies = new(() => Uids(objects.Policies.Select(policy => (policy.Metadata.Name, policy.Metadata.Uid))));
    private readonly Lazy<IReadOnlyDictionary<string, string>> _instrumentations =
        new(() => Uids(objects.Instrumentations.Select(one => ($"{one.Metadata.Namespace}/{one.Metadata.Name}", one.Metadata.Uid))));

    public ClusterObjects Objects => objects;
    public ClusterSnapshot Snapshot => snapshot;

    /// <summary>By name.</summary>
    public IReadOnlyDictionary<string, string> PolicyUids => _policies.Value;

    /// <summary>By namespace/name.</summary>
    public IReadOnlyDictionary<string, string> InstrumentationUids => _instrumentations.Value;

    private static Dictionary<string, string> Uids(IEnumerable<(string Name, string? Uid)> objects)
    {
        var uids = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, uid) in objects) uids[name] = uid ?? "";
        return uids;
    }
}
