using Spanhook.Api.Core;
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

    /// <summary>True when one of the pod's containers runs the engine.</summary>
    public bool IsSeen(string engine)
    {
        foreach (var target in ContainerSelector.Candidates(facts.Pod))
        {
            if (facts.Programs.Of(NameOf(target))?.Engine == engine) return true;
        }

        return false;
    }

    /// <summary>What is to be said when an engine was asked for and none that can be traced is there.</summary>
    public IEnumerable<InjectionDecision> Unseen()
    {
        if (annotations.Choice(Annotations.InjectEngine) is not { } choice) yield break;
        if (RequestAnnotations.IsFalse(choice))
        {
            yield return new(annotations.OfPod(Annotations.InjectEngine) is null ? Reasons.OptedOutNamespace : Reasons.OptedOutPod, AnyEngine);
            yield break;
        }

        var programs = ContainerSelector.Candidates(facts.Pod).ConvertAll(target => facts.Programs.Of(NameOf(target))!);
        if (programs.Exists(p => p.Engine is { } name && EngineCatalog.Named(name) is { IsOptIn: false })) yield break;
        var untraced = programs.Find(p => p.Engine is not null);
        yield return untraced?.Engine switch
        {
            null => NotFound(),
            var name when EngineCatalog.Named(name) is { } optIn => new(Reasons.EngineWithoutTracing, AnyEngine, untraced.Container, Detail: $"{optIn.Notes.Product} is traced only with {Annotations.Prefix}{Annotations.Inject(name)}"),
            var name => new(Reasons.EngineWithoutTracing, AnyEngine, untraced.Container, Detail: OtherPrograms.WhyUntraced(name)),
        };
    }

    private InjectionDecision NotFound()
    {
        foreach (var target in ContainerSelector.Candidates(facts.Pod))
        {
            var container = new Container((target.IsInit ? facts.Pod.InitContainers : facts.Pod.Containers)[target.Index]);
            if (Accelerators.Of(container, options.AcceleratorResources) is { } accelerator)
                return new(Reasons.EngineNotFound, AnyEngine, container.Name, Detail: $"it asks for {accelerator}, but neither its command nor its image is that of a known engine");
        }

        return new(Reasons.EngineNotFound, AnyEngine);
    }

    private string NameOf(TargetRef target) => new Container((target.IsInit ? facts.Pod.InitContainers : facts.Pod.Containers)[target.Index]).Name;
}
