namespace Spanhook.Api.Policy;

/// <summary>Options of the GPU inference engines.</summary>
public sealed record EngineOptions
{
    /// <summary>Skip (default), Guard or Inject.</summary>
    public string? UnknownVersion { get; init; }
    public VllmOptions? Vllm { get; init; }

    /// <summary>Versions of images whose tags do not tell them. The first that matches counts.</summary>
    public IReadOnlyList<ImageVersion>? Versions { get; init; }
}

/// <summary>The engine's version in an image, as its builder knows it.</summary>
public sealed record ImageVersion
{
    /// <summary>The image as containers name it, with its tag or without; a * at the end stands for any ending.</summary>
    public string? Image { get; init; }

    /// <summary>For example 0.19.0.</summary>
    public string? Version { get; init; }
}

/// <summary>Options of vLLM.</summary>
public sealed record VllmOptions
{
    /// <summary>Any of model, worker, all; empty (default) leaves the flag away.</summary>
    public IReadOnlyList<string>? DetailedTraces { get; init; }
}
