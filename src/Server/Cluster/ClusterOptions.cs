namespace Spanhook.Server.Cluster;

/// <summary>Where the objects of the cluster come from: manifests, or an API server.</summary>
internal sealed record ClusterOptions
{
    /// <summary>File or folder of manifests: Namespaces, Instrumentations, TracingPolicies, ReplicaSets, Jobs; null for an API server.</summary>
    public string? Path { get; init; }

    /// <summary>With <see cref="Path"/> null: a kubeconfig; null for the pod's service account or the kubeconfig that kubectl would take.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>A context of the kubeconfig; null for the current one.</summary>
    public string? Context { get; init; }
}
