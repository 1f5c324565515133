using System.Globalization;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>Images that run vLLM, told by the last part of their name, which private mirrors keep; and what their tags tell.</summary>
internal static class VllmImages
{
    /// <summary>Tagged with the version of something else: a release of Gaudi's or LMCache's stack, a date.</summary>
    private static readonly string[] Unversioned = ["vllm-tpu", "vllm-gaudi", "vllm-neuron", "pytorch-vllm-serve"];

    /// <summary>llm-d's images have a version of their own, and install the OpenTelemetry packages themselves from about 0.5 on.</summary>
    private static readonly string[] LlmD = ["llm-d", "llm-d-cuda", "llm-d-xpu", "llm-d-hpu", "llm-d-dev"];

    private static readonly EngineVersion FirstLlmDWithPackages = new(0, 5, 0);
    private static readonly DateOnly FirstTracedV1 = new(2025, 9, 1);

    /// <summary>True when a container of this image runs vLLM unless its command says otherwise.</summary>
    public static bool IsVllm(ImageReference image)
    {
        var name = image.LastPart;
        return IsVersioned(name) || name == "vllm" || Unversioned.Contains(name, StringComparer.Ordinal) || LlmD.Contains(name, StringComparer.Ordinal)
            || name.StartsWith("vllm-rbln", StringComparison.Ordinal);
    }

    /// <summary>vLLM's version, when the tag tells it.</summary>
    public static EngineVersion? VersionOf(ContainerProgram program)
    {
        // LMCache publishes its own releases under vLLM's image name.
        if (program.ImageName is not { } name || program.Tag is not { } tag || program.Image!.Value.Name.Contains("lmcache/", StringComparison.Ordinal)) return null;

        // rocm/vllm: rocm6.2_mi300_ubuntu20.04_py3.9_vllm_0.6.4
        if (name == "vllm" && tag.IndexOf("_vllm_", StringComparison.Ordinal) is > 0 and var at) return EngineVersion.Parse(tag[(at + 6)..]);
        return IsVersioned(name) || name == "vllm" ? EngineVersion.Parse(tag) : null;
    }

    /// <summary>True for an llm-d image known to have the OpenTelemetry packages. Only the CUDA one was read.</summary>
    public static bool HasPackages(ContainerProgram program) =>
        program.ImageName == "llm-d-cuda" && EngineVersion.Parse(program.Tag) is { } version && version.IsAtLeast(FirstLlmDWithPackages);

    /// <summary>True for a tag that begins with a date before vLLM's V1 engine could be traced.</summary>
    public static bool IsFromBeforeTracedV1(string? tag) =>
        tag is { Length: >= 10 } && DateOnly.TryParseExact(tag.AsSpan(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date < FirstTracedV1;

    // vllm-openai, vllm-openai-cpu, vllm-openai-aibrix-kvcache …: tagged with vLLM's own version.
    private static bool IsVersioned(string name) =>
        name.StartsWith("vllm-openai", StringComparison.Ordinal) || name is "llmd-vllm-openai" or "vllm-cpu-release-repo" or "vllm-cpu";
}
