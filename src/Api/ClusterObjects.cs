using Spanhook.Api.Core;
using Spanhook.Api.Meta;
using Spanhook.Api.OpenTelemetry;
using Spanhook.Api.Policy;

namespace Spanhook.Api;

/// <summary>What the injector knows of a cluster, as it was read: from manifests, or from an API server.</summary>
public sealed record ClusterObjects
{
    public static readonly ClusterObjects Empty = new();

    public IReadOnlyList<Namespace> Namespaces { get; init; } = [];
    public IReadOnlyList<Instrumentation> Instrumentations { get; init; } = [];
    public IReadOnlyList<TracingPolicy> Policies { get; init; } = [];

    /// <summary>True from an API server: a namespace that is not among <see cref="Namespaces"/> was made a moment ago. Manifests rarely list them all.</summary>
    public bool KnowsEveryNamespace { get; init; }

    /// <summary>Optional: where they are known, a pod's owner is looked up instead of derived from its name.</summary>
    public IReadOnlyList<PartialObject> ReplicaSets { get; init; } = [];

    /// <summary>As <see cref="ReplicaSets"/>.</summary>
    public IReadOnlyList<PartialObject> Jobs { get; init; } = [];
}
