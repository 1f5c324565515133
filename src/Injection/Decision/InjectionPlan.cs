using Spanhook.Injection.Cluster;
using Spanhook.Injection.Drafting;
using Spanhook.Injection.Injectors;

namespace Spanhook.Injection.Decision;

/// <summary>Who asks for an injection; of two languages for one container the first one's wins.</summary>
internal enum RequestOrigin
{
    Pod,
    Namespace,
    Policy,
}

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

    public RequestOrigin Origin { get; init; }

    /// <summary>The policy that asks for it; null when an annotation does.</summary>
    public string? Policy { get; init; }

    /// <summary>Who is to thank for it, as the pod's marker has it: the policy that asks, else where the settings come from.</summary>
    public string MarkerSource => Policy is null ? Instrumentation.MarkerSource : "TracingPolicy/" + Policy;
}
