using Spanhook.Injection.Cluster;
using Spanhook.Injection.Drafting;
using Spanhook.Injection.Injectors;

namespace Spanhook.Injection.Decision;

/// <summary>What one injector will do: it was asked for, a resource was found, and these containers are meant.</summary>
internal sealed class InjectionPlan
{
    public required IInjector Injector { get; init; }
    public required CompiledInstrumentation Instrumentation { get; init; }
    public required InjectionContext Context { get; init; }

    /// <summary>The containers that are meant; those of <see cref="Context"/>, so what fails a check leaves both.</summary>
    public required List<TargetRef> Targets { get; init; }

    /// <summary>The names that were listed; null when the targets are the default ones.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>True when only the namespace asks for it.</summary>
    public bool IsFromNamespace { get; init; }

    /// <summary>True when the policy that it comes from only watches.</summary>
    public bool IsAudit { get; init; }
}
