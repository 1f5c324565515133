using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spanhook.Api.Core;
using Spanhook.Injection;
using Spanhook.Injection.Cluster;
using Spanhook.Injection.Patching;

namespace Spanhook.Support;

/// <summary>What one pass of the injector made of one pod.</summary>
/// <param name="Result">The decisions.</param>
/// <param name="Patch">The JSON Patch as it was written; empty when there is nothing to do.</param>
/// <param name="Pod">The pod after the patch.</param>
public sealed record Injected(InjectionResult Result, byte[] Patch, JsonNode Pod)
{
    /// <summary>The codes of all reasons, in order, each once.</summary>
    public IReadOnlyList<string> Codes => [.. Result.Decisions.Select(d => d.Reason.Code).Distinct(StringComparer.Ordinal)];

    /// <summary>The operations of the patch; none when it is empty.</summary>
    public JsonArray Operations => Patch.Length == 0 ? [] : (JsonArray)JsonNode.Parse(Patch)!;

    /// <summary>Injects the pod once, in process.</summary>
    public static Injected From(string podJson, string ns, ClusterSnapshot cluster, InjectionOptions? options = null)
    {
        using var document = JsonDocument.Parse(podJson);
        var patch = new ArrayBufferWriter<byte>();
        var result = new PodInjector(options ?? InjectionOptions.Default).Inject(InjectionRequest.ForPod(new Pod(document.RootElement), ns), cluster, patch);
        return new Injected(result, patch.WrittenSpan.ToArray(), JsonPatchApplier.Apply(JsonNode.Parse(podJson)!, patch.WrittenSpan));
    }

    /// <summary>Injects what this pass made, once more.</summary>
    public Injected Again(string ns, ClusterSnapshot cluster, InjectionOptions? options = null) => From(Pod.ToJsonString(), ns, cluster, options);
}
