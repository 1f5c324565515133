using Spanhook.Injection.Drafting;
using Spanhook.Injection.Injectors;
using Spanhook.Injection.Injectors.Engines;

namespace Spanhook.Injection.Decision;

/// <summary>What <c>inject-engine</c>, "whatever it turns out to be", means on one pod.</summary>
internal sealed class EngineRequests(InjectionOptions options, PodFacts facts, RequestAnnotations annotations)
{
    /// <summary>The name under which decisions about it are reported.</summary>
    public const string AnyEngine = "engine";

    /// <summary>The annotation that counts for an injector: its own, or for an engine the one for all; null when neither is there.</summary>
    public string? KeyOf(IInjector injector)
    {
        var own = InjectorCatalog.AnnotationOf(injector);
        if (annotations.First(own) is not null) return own;
        return injector is EngineInjector { IsOptIn: false } && annotations.First(Annotations.InjectEngine) is not null ? Annotations.InjectEngine : null;
    }

    /// <summary>Who opts out of an injector by "false": its own annotation, or for every engine the one for all; null when nobody does.</summary>
    public OptOut? OptOutOf(IInjector injector)
    {
        var own = InjectorCatalog.AnnotationOf(injector);
        if (annotations.Choice(own) is { } choice) return RequestAnnotations.IsFalse(choice) ? new(ReasonOf(own), IsForAllEngines: false) : null;
        return injector.IsEngine && annotations.Choice(Annotations.InjectEngine) is { } any && RequestAnnotations.IsFalse(any) ? new(ReasonOf(Annotations.InjectEngine), IsForAllEngines: true) : null;
    }

    /// <summary>True when one of the pod's containers runs the engine.</summary>
    public bool IsSeen(string engine) => Programs.Exists(program => program.Engine == engine);

    /// <summary>What is to be said when an engine was asked for and nothing was planned or refused for one; null when that is not so.</summary>
    public InjectionDecision? Unanswered(List<InjectionPlan> plans, List<InjectionDecision> decisions)
    {
        if (annotations.Choice(Annotations.InjectEngine) is not { } choice) return null;
        if (RequestAnnotations.IsFalse(choice)) return decisions.Exists(IsDenied) ? null : new(ReasonOf(Annotations.InjectEngine), AnyEngine);
        if (plans.Exists(p => p.Injector.IsEngine) || decisions.Exists(d => d.Injector is { } name && InjectorCatalog.IsEngine(name))) return null;
        return Programs.Find(p => p.Engine is not null && EngineCatalog.Named(p.Engine) is not { IsOptIn: false }) is { } untraced ? Untraced(untraced) : NotFound();
    }

    private static bool IsDenied(InjectionDecision decision) => decision.Reason == Reasons.OptOutDenied && InjectorCatalog.IsEngine(decision.Injector!);

    private Reason ReasonOf(string key) => annotations.OfPod(key) is null ? Reasons.OptedOutNamespace : Reasons.OptedOutPod;

    private List<ContainerProgram> Programs =>
        field ??= ContainerSelector.Candidates(facts.Pod).ConvertAll(target => facts.Programs.Of(facts.Pod.ContainerAt(target).Name)!);

    private static InjectionDecision Untraced(ContainerProgram program) => new(
        Reasons.EngineWithoutTracing,
        AnyEngine,
        program.Container,
        Detail: EngineCatalog.Named(program.Engine!) is { } optIn
            ? $"{optIn.Notes.Product} is traced only with {Annotations.Prefix}{Annotations.Inject(optIn.Name)}"
            : OtherPrograms.WhyUntraced(program.Engine!));

    private InjectionDecision NotFound()
    {
        if (Programs.Find(p => p.Engine is not null) is { } unnamed)
            return new(Reasons.EngineNotFound, AnyEngine, Detail: $"container {unnamed.Container} runs {unnamed.Engine}, but is not among the names that the annotations list");
        foreach (var target in ContainerSelector.Candidates(facts.Pod))
        {
            var container = facts.Pod.ContainerAt(target);
            if (Accelerators.Of(container, options.AcceleratorResources) is { } accelerator)
                return new(Reasons.EngineNotFound, AnyEngine, container.Name, Detail: $"it asks for {accelerator}, but neither its command nor its image is that of a known engine");
        }

        return new(Reasons.EngineNotFound, AnyEngine);
    }
}

/// <summary>An annotation that says "false".</summary>
/// <param name="Reason">Whose it is: the pod's or its namespace's.</param>
/// <param name="IsForAllEngines">True when it is <c>inject-engine</c>.</param>
internal readonly record struct OptOut(Reason Reason, bool IsForAllEngines);
