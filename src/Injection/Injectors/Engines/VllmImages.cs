namespace Spanhook.Injection.Injectors.Engines;

/// <summary>Images that run vLLM, told by the last part of their name, which private mirrors keep.</summary>
internal static class VllmImages
{
    /// <summary>Tagged with vLLM's own version.</summary>
    private static readonly string[] Versioned = ["vllm-openai", "vllm-openai-cpu", "vllm-openai-rocm", "vllm-openai-xpu", "llmd-vllm-openai", "vllm-cpu-release-repo", "vllm-cpu"];

    /// <summary>Tagged with the version of something else: a release of Gaudi's or LMCache's stack, a date.</summary>
    private static readonly string[] Unversioned = ["vllm", "vllm-tpu", "vllm-gaudi", "vllm-neuron", "pytorch-vllm-serve"];

    /// <summary>llm-d's images have a version of their own, and install the OpenTelemetry packages themselves from about 0.5 on.</summary>
    private static readonly string[] LlmD = ["llm-d", "llm-d-cuda", "llm-d-xpu", "llm-d-hpu", "llm-d-dev"];

    private static readonly EngineVersion FirstLlmDWithPackages = new(0, 5, 0);

    /// <summary>True when a container of this image runs vLLM unless its command says otherwise.</summary>
    public static bool IsVllm(string? image) =>
        ImageReference.Parse(image) is { LastPart: var name }
        && (IsOneOf(Versioned, name) || IsOneOf(Unversioned, name) || IsOneOf(LlmD, name) || name.StartsWith("vllm-rbln", StringComparison.Ordinal));

    /// <summary>vLLM's version, when the tag tells it.</summary>
    public static EngineVersion? VersionOf(string? image)
    {
        // LMCache publishes its own releases under vLLM's image name.
        if (image is null || image.Contains("lmcache/", StringComparison.Ordinal)) return null;
        return ImageReference.Parse(image) is { } reference && IsOneOf(Versioned, reference.LastPart) ? EngineVersion.Parse(reference.Tag) : null;
    }

    /// <summary>True for an llm-d image known to have the OpenTelemetry packages. Only the CUDA one was read.</summary>
    public static bool HasPackages(string? image) =>
        ImageReference.Parse(image) is { LastPart: "llm-d-cuda" } reference && EngineVersion.Parse(reference.Tag) is { } version
        && version.IsAtLeast(FirstLlmDWithPackages);

    private static bool IsOneOf(string[] names, ReadOnlySpan<char> name)
    {
        foreach (var known in names)
        {
            if (name.SequenceEqual(known)) return true;
        }

        return false;
    }
}
