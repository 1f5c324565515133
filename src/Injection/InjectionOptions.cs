namespace Spanhook.Injection;

/// <summary>What the operator of the webhook decides for the whole process.</summary>
public sealed record InjectionOptions
{
    public static readonly InjectionOptions Default = new();

    /// <summary>Names of injectors that are switched off, for example <c>go</c>; ordinal, as in <see cref="Injectors.InjectorCatalog"/>.</summary>
    public IReadOnlySet<string> Disabled { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Resource names that mean an accelerator, besides the well-known ones; a * at the end stands for any ending.</summary>
    public IReadOnlyList<string> AcceleratorResources { get; init; } = [];

    /// <summary>Who may use the Instrumentation of another namespace.</summary>
    public CrossNamespace CrossNamespace { get; init; } = CrossNamespace.Granted;
}

/// <summary>Who may name an Instrumentation of another namespace (<c>inject-java: observability/java</c>).</summary>
public enum CrossNamespace
{
    /// <summary>Only the namespaces that the Instrumentation's annotation <c>allowed-namespaces</c> lists.</summary>
    Granted,

    /// <summary>Everybody, as with the OpenTelemetry Operator.</summary>
    Any,
}
