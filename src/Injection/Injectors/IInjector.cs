using Spanhook.Api.Core;
using Spanhook.Injection.Decision;
using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Injectors;

/// <summary>
/// How one language or engine is injected. To add one: a class here, its line in <see cref="InjectorCatalog"/>, a folder in tests/Fixtures.
/// Annotation keys, metric labels and the fixture folder follow from <see cref="Name"/>. Implementations hold no state.
/// </summary>
internal interface IInjector
{
    /// <summary>As in <c>inject-&lt;name&gt;</c>: lower case, words joined by '-'.</summary>
    string Name { get; }

    /// <summary>Whether a container of <c>initContainers</c> can be a target. Native sidecars count as such.</summary>
    bool SupportsInitContainers { get; }

    /// <summary>
    /// True for an engine: without container names every container is looked at, and <see cref="Check"/> tells whether the engine runs there.
    /// </summary>
    bool IsEngine => false;

    /// <summary>What the SDK speaks when nothing says it: <c>grpc</c>, <c>http/protobuf</c>, or null when that is not known.</summary>
    string? DefaultProtocol { get; }

    /// <summary>Whether the pod can be injected at all; null when it can. Runs before <see cref="Check"/>.</summary>
    Refusal? CheckPod(InjectionContext context) => null;

    /// <summary>Whether this container can be injected; null when it can. Everything that can fail is found here, not in <see cref="Inject"/>.</summary>
    Refusal? Check(InjectionContext context, Container container);

    /// <summary>What keeps this container's telemetry from coming although it was injected; null when nothing is known to.</summary>
    Refusal? Warn(InjectionContext context, Container container) => null;

    /// <summary>Edits the draft for the targets that passed; cannot fail. What is there already is left as it is.</summary>
    /// <param name="draft">The pod, with the edits of the injectors before this one.</param>
    /// <param name="context">Settings and targets; there is at least one target.</param>
    void Inject(PodDraft draft, InjectionContext context);
}

/// <summary>Why something cannot be injected.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Detail">What is special about this case; null when nothing is.</param>
internal readonly record struct Refusal(Reason Reason, string? Detail = null);
