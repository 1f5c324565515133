namespace Spanhook.Api.Policy;

/// <summary>Options of the GPU inference engines.</summary>
public sealed record EngineOptions
{
    /// <summary>Skip (default), Guard or Inject.</summary>
    public string? UnknownVersion { get; init; }
    public VllmOptions? Vllm { get; init; }
}

/// <summary>Options of vLLM.</summary>
public sealed record VllmOptions
{
    /// <summary>Any of model, worker, all; empty (default) leaves the flag away.</summary>
    public IReadOnlyList<string>? DetailedTraces { get; init; }
}
