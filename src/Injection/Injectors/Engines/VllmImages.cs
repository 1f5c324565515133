using System.Globalization;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>Images that run vLLM, told by the last part of their name, which private mirrors keep; and what their tags tell.</summary>
internal static class VllmImages
{
    /// <summary>Tagged with the version of something else: a release of Gaudi's or LMCache's stack, a date.</summary>
    private static readonly string[] Unversioned = ["vllm-tpu", "vllm-gaudi", "vllm-neuron", "pytorch-vllm-serve"];

    /// <summary>llm-d's images have a version of their own, and install the OpenTelemetry packages themselves from about 0.5 on.</summary>
    private static readonly string[] LlmD = ["llm-d", "llm-d-cuda", "llm-d-xpu", "llm-d-hpu", "llm-d-dev"];

    public static readonly EngineVersion FirstLlmDWithPackages = new(0, 5, 0);
    private static readonly DateOnly FirstTracedV1 = new(2025, 9, 1);

    /// <summary>True when a container of this image runs vLLM unless its command says otherwise.</summary>
    public static bool IsVllm(ImageReference image)
    {
        var name = image.LastPart;
        return IsVersioned(name) || name is "vllm" || IsOneOf(Unversioned, name) || IsOneOf(LlmD, name) || name.StartsWith("vllm-rbln", StringComparison.Ordinal);
    }

    /// <summary>vLLM's version, when the tag tells it.</summary>
    public static EngineVersion? VersionOf(ContainerProgram program)
    {
        // LMCache publishes its own releases under vLLM's image name.
        if (program.Image is not { } image || image.Name.Contains("lmcache/", StringComparison.Ordinal)) return null;
        var isPlain = image.LastPart is "vllm";

        // rocm/vllm: rocm6.2_mi300_ubuntu20.04_py3.9_vllm_0.6.4
        const string marker = "_vllm_";
        if (isPlain && image.Tag.IndexOf(marker, StringComparison.Ordinal) is > 0 and var at) return EngineVersion.Parse(image.Tag[(at + marker.Length)..]);
        return isPlain || IsVersioned(image.LastPart) ? EngineVersion.Parse(image.Tag) : null;
    }

    /// <summary>True for an llm-d image known to have the OpenTelemetry packages. Only the CUDA one was read.</summary>
    public static bool HasPackages(ContainerProgram program) =>
        program.ImageName is "llm-d-cuda" && EngineVersion.Parse(program.Tag) is { } version && version.IsAtLeast(FirstLlmDWithPackages);

    /// <summary>The date that a tag begins with, if it is one before vLLM's V1 engine could be traced; else null.</summary>
    public static DateOnly? DateBeforeTracedV1(ReadOnlySpan<char> tag) =>
        tag.Length >= 10 && DateOnly.TryParseExact(tag[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date < FirstTracedV1 ? date : null;

    // vllm-openai, vllm-openai-cpu, vllm-openai-aibrix-kvcache …: tagged with vLLM's own version.
    private static bool IsVersioned(ReadOnlySpan<char> name) =>
        name.StartsWith("vllm-openai", StringComparison.Ordinal) || name is "llmd-vllm-openai" or "vllm-cpu-release-repo" or "vllm-cpu";

    private static bool IsOneOf(string[] names, ReadOnlySpan<char> name)
    {
        foreach (var known in names)
        {
            if (name.SequenceEqual(known)) return true;
        }

        return false;
    }
}
