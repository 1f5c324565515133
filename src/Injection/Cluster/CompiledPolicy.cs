using Spanhook.Api.Meta;
using Spanhook.Api.OpenTelemetry;
using Spanhook.Api.Policy;
using Spanhook.Injection.Injectors.Engines;

namespace Spanhook.Injection.Cluster;

/// <summary>What a policy does with the pods that it matches.</summary>
internal enum PolicyMode
{
    Enforce,
    Audit,
    Off,
}

/// <summary>A TracingPolicy as it runs.</summary>
internal sealed record CompiledPolicy
{
    public required string Name { get; init; }
    public PolicyMode Mode { get; init; }
    public int Priority { get; init; }
    public LabelSelector? NamespaceSelector { get; init; }
    public LabelSelector? PodSelector { get; init; }

    /// <summary>What it adds to pods that did not ask.</summary>
    public PolicyInjection Injection { get; init; } = PolicyInjection.Nothing;

    /// <summary>True when an opt-out is not respected; null when the policy does not say.</summary>
    public bool? DeniesOptOut { get; init; }

    /// <summary>The cluster default that it carries, alone; null when it carries none.</summary>
    public CompiledInstrumentation? Instrumentation { get; init; }

    /// <summary>As it was written, to be merged with those of other policies.</summary>
    public InstrumentationSpec? InstrumentationSpec { get; init; }

    /// <summary>What is done with engines of an unknown version; null when the policy does not say.</summary>
    public UnknownVersionMode? UnknownVersion { get; init; }

    /// <summary>vLLM's detailed traces; null when the policy does not say.</summary>
    public IReadOnlyList<string>? DetailedTraces { get; init; }

    /// <summary>The versions of images, as the policy states them.</summary>
    public IReadOnlyList<ImageVersion> Versions { get; init; } = [];

    /// <summary>The template of engines' service names; null when the policy does not say.</summary>
    public ServiceNameTemplate? EngineServiceName { get; init; }

    /// <summary>Whether an annotation may choose the endpoint; null when the policy does not say.</summary>
    public bool? AllowsEndpointOverride { get; init; }

    /// <summary>The hosts, or endings of hosts, that it may choose; null when the policy does not say.</summary>
    public IReadOnlyList<string>? AllowedEndpoints { get; init; }
    public IReadOnlyList<string> PrivilegedNamespaces { get; init; } = [];

    public bool AllowsPrivileged(string ns) =>
        PrivilegedNamespaces.Contains(ns, StringComparer.Ordinal) || PrivilegedNamespaces.Contains("*", StringComparer.Ordinal);
}
