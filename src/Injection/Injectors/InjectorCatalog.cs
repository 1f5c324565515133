using System.Collections.Immutable;
using Spanhook.Injection.Injectors.Engines;
using Spanhook.Injection.Injectors.Languages;

namespace Spanhook.Injection.Injectors;

/// <summary>Every injector, in the order in which they run: the OpenTelemetry Operator's languages as there, then the engines.</summary>
public static class InjectorCatalog
{
    internal static readonly ImmutableArray<IInjector> All =
    [
        new JavaInjector(), new NodeJsInjector(), new PythonInjector(), new DotNetInjector(), new GoInjector(), new ApacheHttpdInjector(), new NginxInjector(),
        new SdkInjector(), .. EngineCatalog.All,
    ];

    private static readonly Dictionary<string, string> AnnotationByName = All.ToDictionary(i => i.Name, i => Annotations.Inject(i.Name), StringComparer.Ordinal);
    private static readonly Dictionary<string, string> ContainerNamesByName = All.ToDictionary(i => i.Name, i => Annotations.ContainerNamesOf(i.Name), StringComparer.Ordinal);

    /// <summary>Names, in the order in which they run: <c>java</c>, <c>nodejs</c>, …</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(i => i.Name)];

    /// <summary>True for a GPU inference engine, false for a language.</summary>
    public static bool IsEngine(string name) => All.Any(i => i.Name == name && i.IsEngine);

    /// <summary>The annotation that asks for an injector, without its prefix.</summary>
    internal static string AnnotationOf(IInjector injector) => AnnotationByName[injector.Name];

    /// <summary>The annotation that lists an injector's containers, without its prefix.</summary>
    internal static string ContainerNamesOf(string injector) => ContainerNamesByName[injector];
}
