using Spanhook.Api.Meta;
using Spanhook.Api.OpenTelemetry;

namespace Spanhook.Api.Policy;

/// <summary>The cluster-scoped <c>spanhook.dev/v1alpha1</c> TracingPolicy: what a platform team decides for pods that did not ask.</summary>
public sealed record TracingPolicy
{
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;
    public TracingPolicySpec Spec { get; init => field = value ?? new(); } = new();
}

/// <summary>The wish of a <see cref="TracingPolicy"/>. Every field is optional.</summary>
public sealed record TracingPolicySpec
{
    /// <summary>Enforce (default), Audit (decide and report, patch nothing) or Off.</summary>
    public string? Mode { get; init; }

    /// <summary>Higher wins; ties by name, ascending. Default 0.</summary>
    public int? Priority { get; init; }
    public LabelSelector? NamespaceSelector { get; init; }
    public LabelSelector? PodSelector { get; init; }
    public InjectSection? Inject { get; init; }

    /// <summary>Allowed (default): <c>inject-*: "false"</c> on the pod or its namespace is respected. Or Denied.</summary>
    public string? OptOut { get; init; }
    public RolloutSection? Rollout { get; init; }

    /// <summary>The cluster default of <c>inject-*: "true"</c> where the namespace has no Instrumentation of its own.</summary>
    public InstrumentationSpec? Instrumentation { get; init; }
    public EngineOptions? Engines { get; init; }
    public ServiceNamesSection? ServiceNames { get; init; }
    public LimitsSection? Limits { get; init; }
    public PrivilegedInjectionSection? PrivilegedInjection { get; init; }
}

/// <summary>What is added without an annotation.</summary>
public sealed record InjectSection
{
    public IReadOnlyList<string>? Engines { get; init; }
    public IReadOnlyList<string>? Languages { get; init; }
    public IReadOnlyList<string>? Containers { get; init; }
}

/// <summary>The share of workloads, by a stable hash.</summary>
public sealed record RolloutSection
{
    /// <summary>0 to 100; default 100.</summary>
    public int? Percent { get; init; }
}

/// <summary>Templates for service names.</summary>
public sealed record ServiceNamesSection
{
    public string? Engine { get; init; }
}

/// <summary>What a tenant's annotation may choose.</summary>
public sealed record LimitsSection
{
    /// <summary>Denied (default) or Allowed.</summary>
    public string? EndpointOverride { get; init; }
    public IReadOnlyList<string>? AllowedEndpoints { get; init; }
}

/// <summary>Where the go sidecar, which is privileged, may be added.</summary>
public sealed record PrivilegedInjectionSection
{
    /// <summary>Exact names, or <c>*</c>.</summary>
    public IReadOnlyList<string>? AllowedNamespaces { get; init; }
}
