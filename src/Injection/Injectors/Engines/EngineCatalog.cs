using Spanhook.Injection.CommandLine;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>Every engine, router and sidecar that is known, and how each is told.</summary>
internal static class EngineCatalog
{
    // An array: the list is walked for every command of a script.
    private static readonly EngineInjector[] Engines =
    [
        new VllmInjector(), new SglangInjector(), new TensorRtLlmInjector(), new TritonInjector(), new TextGenerationInferenceInjector(), new TextEmbeddingsInferenceInjector(),
        new HuggingFaceServerInjector(), new DynamoInjector(), new NimInjector(), new VllmRouterInjector(), new LlmDSidecarInjector(), new LlmDEppInjector(),
    ];

    public static IReadOnlyList<EngineInjector> All => Engines;

    /// <summary>Recognizes a program by its words; wrappers and assignments are left away.</summary>
    public static bool Match(in CommandWords words, out ProgramMatch match)
    {
        foreach (var engine in Engines)
        {
            if (engine.Recognize(words, out match)) return true;
        }

        return OtherPrograms.Recognize(words, out match);
    }

    /// <summary>The engine that an image runs unless the command says otherwise; null for any other image.</summary>
    public static string? OfImage(ImageReference image)
    {
        foreach (var engine in Engines)
        {
            if (engine.IsImage(image)) return engine.Name;
        }

        return OtherPrograms.OfImage(image);
    }

    /// <summary>The engine of that name; null for one that cannot be traced.</summary>
    public static EngineInjector? Named(string name)
    {
        foreach (var engine in Engines)
        {
            if (engine.Name == name) return engine;
        }

        return null;
    }
}
