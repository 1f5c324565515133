namespace Spanhook.Server.Cluster;

/// <summary>Where the objects of the cluster come from.</summary>
internal sealed record ClusterOptions
{
    /// <summary>File or folder of manifests: Namespaces, Instrumentations, TracingPolicies, ReplicaSets, Jobs.</summary>
    public required string Path { get; init; }
}
