using Spanhook.Api.Core;
using Spanhook.Injection.Decision;
using Spanhook.Injection.Injectors.Engines;

namespace Spanhook.Injection.Cluster;

/// <summary>What the policies that cover one pod and enforce say together, field by field, the higher one first; what they leave unset is null.</summary>
internal sealed record PolicySettings
{
    public static readonly PolicySettings None = new();

    /// <summary>The template of engines' service names; null for the built-in names.</summary>
    public ServiceNameTemplate? EngineServiceName { get; init; }

    /// <summary>Whether an annotation may choose the endpoint, among <see cref="AllowedEndpoints"/>.</summary>
    public bool EndpointOverrideAllowed { get; init; }

    /// <summary>Hosts, and endings of hosts.</summary>
    public IReadOnlyList<string> AllowedEndpoints { get; init; } = [];

    /// <summary>The policy that decided on <see cref="EndpointOverrideAllowed"/>; null when none did.</summary>
    public string? EndpointPolicy { get; init; }

    public static PolicySettings Of(ClusterSnapshot cluster, Pod pod, string ns)
    {
        if (cluster.Policies.Count == 0) return None;
        ServiceNameTemplate? template = null;
        CompiledPolicy? limits = null;
        IReadOnlyList<string>? endpoints = null;
        foreach (var policy in PolicyEvaluator.Matching(cluster, pod, ns))
        {
            if (policy.Mode != PolicyMode.Enforce) continue;
            template ??= policy.EngineServiceName;
            if (policy.AllowsEndpointOverride is not null) limits ??= policy;
            endpoints ??= policy.AllowedEndpoints;
        }

        return new()
        {
            EngineServiceName = template,
            EndpointOverrideAllowed = limits?.AllowsEndpointOverride ?? false,
            AllowedEndpoints = endpoints ?? [],
            EndpointPolicy = limits?.Name,
        };
    }
}
