using System.Text.Json;
using Spanhook.Api;
using Spanhook.Api.Core;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>
/// Whether a container asks for an accelerator. It never decides what runs: a GPU alone says nothing, and many engines ask for none. It tells
/// which container was probably meant where no engine was seen.
/// </summary>
internal static class Accelerators
{
    /// <summary>Resource names; a * at the end stands for any ending.</summary>
    public static readonly IReadOnlyList<string> WellKnown =
    [
        "nvidia.com/gpu*", "nvidia.com/mig-*", "amd.com/gpu", "gpu.intel.com/*", "habana.ai/gaudi", "google.com/tpu", "rebellions.ai/ATOM", "aws.amazon.com/neuron*",
        "huawei.com/Ascend*", "cambricon.com/*", "hygon.com/dcu*", "metax-tech.com/gpu", "iluvatar.ai/*", "volcano.sh/vgpu-*", "aliyun.com/gpu-mem",
    ];

    /// <summary>What the container asks for: a resource's name, or a claim of dynamic resource allocation; null for nothing.</summary>
    public static string? Of(Container container, IReadOnlyList<string> further)
    {
        var resources = container.Resources;
        return In(resources.Member("limits"u8), further) ?? In(resources.Member("requests"u8), further) ?? (resources.Member("claims"u8).Count() > 0 ? "a resource claim" : null);
    }

    private static string? In(JsonElement list, IReadOnlyList<string> further)
    {
        foreach (var resource in list.Members())
        {
            if (IsOneOf(WellKnown, resource.Name) || IsOneOf(further, resource.Name)) return resource.Name;
        }

        return null;
    }

    private static bool IsOneOf(IReadOnlyList<string> patterns, string name)
    {
        for (var i = 0; i < patterns.Count; i++)
        {
            var pattern = patterns[i];
            if (pattern.EndsWith('*') ? name.StartsWith(pattern[..^1], StringComparison.Ordinal) : name == pattern) return true;
        }

        return false;
    }
}
