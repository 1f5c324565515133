using Spanhook.Injection.Injectors;

namespace Spanhook.Cli.Enabling;

/// <summary>Which injectors a command is about.</summary>
/// <param name="Names">Of the catalog.</param>
/// <param name="Guides">Whose annotations say so: several when it is about all.</param>
internal sealed record Wish(IReadOnlyList<string> Names, IReadOnlyList<InjectorGuide> Guides)
{
    public const string AutoEngine = "auto";

    /// <summary>Every language and engine.</summary>
    public static Wish All { get; } = new(InjectorCatalog.Names, [.. InjectorGuide.All, InjectorGuide.AnyEngine]);

    public static IReadOnlyList<string> Languages { get; } = [.. InjectorCatalog.Names.Where(name => !InjectorCatalog.IsEngine(name))];

    public static IReadOnlyList<string> Engines { get; } = [AutoEngine, .. InjectorCatalog.Names.Where(InjectorCatalog.IsEngine)];

    /// <summary>One injector, by its name in the catalog.</summary>
    public static Wish Of(string injector) => new([injector], [InjectorGuide.All.Single(guide => guide.Name == injector)]);

    /// <summary>One engine, or whatever engine is seen.</summary>
    public static Wish OfEngine(string engine) =>
        engine == AutoEngine ? new([.. InjectorCatalog.Names.Where(InjectorCatalog.IsEngine)], [InjectorGuide.AnyEngine]) : Of(engine);

    /// <summary>One engine, or every engine by whatever annotation.</summary>
    public static Wish OfEveryEngine(string engine) => engine == AutoEngine
        ? OfEngine(engine) with { Guides = [.. InjectorGuide.All.Where(guide => guide.IsEngine), InjectorGuide.AnyEngine] }
        : Of(engine);

    /// <summary>Whether a decision on this injector is about the wish.</summary>
    public bool Covers(string? injector) =>
        injector is not null && (Names.Contains(injector, StringComparer.Ordinal) || Guides.Any(guide => guide.Name == injector));
}
