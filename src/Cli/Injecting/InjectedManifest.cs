using System.Text.Json.Nodes;
using Spanhook.Injection;
using Spanhook.Injection.Decision;
using Spanhook.Manifests;

namespace Spanhook.Cli.Injecting;

/// <summary>A document after injection.</summary>
/// <param name="Document">As it was read.</param>
/// <param name="Node">Its tree, with injected templates.</param>
/// <param name="Workloads">The workloads in it, in order; none for anything else.</param>
internal sealed record InjectedManifest(ManifestDocument Document, JsonNode Node, IReadOnlyList<InjectedWorkload> Workloads)
{
    public bool IsChanged => Workloads.Any(workload => workload.Pods.Any(pod => pod.Result.IsInjected));
}

/// <summary>A workload and what became of the pods of its templates.</summary>
internal sealed record InjectedWorkload(ManifestObject Object, string Namespace, IReadOnlyList<InjectedPod> Pods)
{
    /// <summary>For people: <c>Deployment ml/llama</c>.</summary>
    public string Title => $"{Object.Kind} {Namespace}/{Object.Name}";
}

/// <summary>The pod of one template, before and after.</summary>
/// <param name="Template">Where it came from.</param>
/// <param name="Before">The pod that would be admitted.</param>
/// <param name="After">The pod that would be stored.</param>
/// <param name="Patch">The operations between them, with paths of the pod.</param>
/// <param name="Result">The decisions.</param>
internal sealed record InjectedPod(WorkloadTemplate Template, JsonObject Before, JsonObject After, JsonArray Patch, InjectionResult Result)
{
    /// <summary>How it was decided, step by step; empty where nobody asked for that.</summary>
    public IReadOnlyList<ExplainedStep> Steps { get; init; } = [];
}
