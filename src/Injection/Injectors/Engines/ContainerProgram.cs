using Spanhook.Injection.CommandLine;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>How a container starts its program: forms F1 to F13 of the field, as far as they differ in where options go.</summary>
internal enum LaunchForm
{
    /// <summary>Neither command nor args: the image decides alone.</summary>
    Image,

    /// <summary>Only args: the image's entrypoint gets them.</summary>
    Args,

    /// <summary>A list of words that names the program.</summary>
    Exec,

    /// <summary>A shell that runs a script.</summary>
    Script,

    /// <summary>A shell whose script hands its arguments on.</summary>
    ScriptArguments,

    /// <summary>A shell line as one word, which no shell splits.</summary>
    OneWord,

    /// <summary>Our guard, from an earlier pass.</summary>
    Guarded,
}

/// <summary>Where options go.</summary>
/// <param name="InArgs">True for the container's args, false for its command.</param>
/// <param name="Index">A place in that list: options become words before it; with <paramref name="Offsets"/> it is the script.</param>
/// <param name="Offsets">Places in the script, ascending; null when the options become words of their own.</param>
internal readonly record struct OptionPlace(bool InArgs, int Index, IReadOnlyList<int>? Offsets = null);

/// <summary>What one container runs: the one answer that every engine works with. Holds no view.</summary>
internal sealed record ContainerProgram
{
    public string Container { get; init; } = "";

    /// <summary>The engine, router or sidecar by its injector's name, also of one that cannot be traced; null for anything else.</summary>
    public string? Engine { get; init; }
    public ProgramRole Role { get; init; }
    public LaunchForm Form { get; init; }
    public ProgramOptions Options { get; init; }

    /// <summary>Where options go; null when they can go nowhere.</summary>
    public OptionPlace? Place { get; init; }

    /// <summary>Why they can go nowhere; completes "the command line cannot be extended safely".</summary>
    public string? Problem { get; init; }

    /// <summary>True when the shell reads the options twice.</summary>
    public bool IsEvaluated { get; init; }

    /// <summary>The program that the command names, as it is written: <c>/opt/venv/bin/vllm</c>. Null when the image names it.</summary>
    public string? Program { get; init; }

    /// <summary>The image; null when it is no valid reference.</summary>
    public ImageReference? Image { get; init; }

    /// <summary>The last part of the image's name, which private mirrors keep.</summary>
    public ReadOnlySpan<char> ImageName => Image is { } image ? image.LastPart : default;
    public ReadOnlySpan<char> Tag => Image is { } image ? image.Tag : default;

    public bool Has(ProgramOptions option) => Options.HasFlag(option);
}
