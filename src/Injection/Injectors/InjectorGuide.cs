using Spanhook.Injection.Decision;
using Spanhook.Injection.Injectors.Engines;

namespace Spanhook.Injection.Injectors;

/// <summary>What people are told of an injector, from the data that it works with; the README's table and the command line's come from here.</summary>
/// <param name="Name">As in <c>inject-&lt;name&gt;</c>.</param>
/// <param name="IsEngine">True for an engine, router or sidecar of inference; false for a language.</param>
/// <param name="Annotation">What asks for it.</param>
/// <param name="ContainerNamesAnnotation">What chooses its containers.</param>
public sealed record InjectorGuide(string Name, bool IsEngine, string Annotation, string ContainerNamesAnnotation)
{
    /// <summary>The product's name; null for a language.</summary>
    public string? Product { get; private init; }

    /// <summary>The releases that are traced; null when that is not known, or there is nothing to know.</summary>
    public string? Versions { get; private init; }

    /// <summary>The option or variable that switches tracing on; null for a language.</summary>
    public string? Switch { get; private init; }

    /// <summary>Everything that switches tracing on, with the shapes of the values; null for a language.</summary>
    public string? Adds { get; private init; }

    /// <summary>The OTLP protocols that an engine's exporter speaks; empty for a language.</summary>
    public IReadOnlyList<string> Protocols { get; private init; } = [];

    /// <summary>What it cannot do, or what it is left alone for; null when nothing is known.</summary>
    public string? Limits { get; private init; }

    /// <summary>True when its own annotation must ask for it, because <c>inject-engine</c> does not.</summary>
    public bool IsOptIn { get; private init; }

    /// <summary>Every injector, in the order in which they run.</summary>
    public static IReadOnlyList<InjectorGuide> All { get; } = [.. InjectorCatalog.All.Select(Of)];

    /// <summary>The annotation that asks for whatever engine a pod's containers are seen to run.</summary>
    public static InjectorGuide AnyEngine { get; } = new(EngineRequests.AnyEngine, true, Annotations.Prefix + Annotations.InjectEngine, Annotations.Prefix + Annotations.EngineContainerNames)
    {
        Product = "whatever engine the pod is seen to run",
    };

    private static InjectorGuide Of(IInjector injector)
    {
        var guide = new InjectorGuide(
            injector.Name, injector.IsEngine, Annotations.Prefix + InjectorCatalog.AnnotationOf(injector), Annotations.Prefix + InjectorCatalog.ContainerNamesOf(injector.Name));
        if (injector is not EngineInjector engine) return guide;
        var versions = string.Join(", ", [.. engine.Releases.Select(table => table.Traced), .. engine.Notes.Versions is { } more ? [more] : Array.Empty<string>()]);
        return guide with
        {
            Product = engine.Notes.Product,
            Versions = versions.Length == 0 ? null : versions,
            Switch = engine.SwitchName,
            Adds = engine.Notes.Adds,
            Protocols = ProtocolsOf(engine),
            Limits = engine.Notes.Limits.Length == 0 ? null : engine.Notes.Limits,
            IsOptIn = engine.IsOptIn,
        };
    }

    private static string[] ProtocolsOf(EngineInjector engine) => engine.Protocols switch
    {
        EngineProtocols.GrpcOnly => [OtlpEndpoint.Grpc],
        EngineProtocols.HttpOnly => [OtlpEndpoint.HttpProtobuf],
        _ => [OtlpEndpoint.Grpc, OtlpEndpoint.HttpProtobuf],
    };
}
