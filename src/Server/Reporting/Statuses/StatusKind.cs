namespace Spanhook.Server.Reporting.Statuses;

/// <summary>A resource with a status of ours.</summary>
internal sealed record StatusKind(string Kind, string ApiVersion, string Plural)
{
    public static readonly StatusKind Policy = new("TracingPolicy", "spanhook.dev/v1alpha1", "tracingpolicies");
    public static readonly StatusKind Instrumentation = new("Instrumentation", "opentelemetry.io/v1alpha1", "instrumentations");

    public static IReadOnlyList<StatusKind> All { get; } = [Policy, Instrumentation];

    /// <summary>Of all namespaces.</summary>
    public string Collection => $"/apis/{ApiVersion}/{Plural}";

    /// <summary>Of one object.</summary>
    public string PathOf(string? ns, string name) => ns is null ? $"{Collection}/{name}" : $"/apis/{ApiVersion}/namespaces/{ns}/{Plural}/{name}";
}
