using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spanhook.Api.Core;
using Spanhook.Injection;
using Spanhook.Injection.Cluster;
using Spanhook.Injection.Patching;
using Spanhook.Manifests;

namespace Spanhook.Cli.Injecting;

/// <summary>Runs the webhook's injector over the pod templates of manifests.</summary>
/// <param name="injector">The same that the webhook runs.</param>
/// <param name="cluster">What is known of the cluster.</param>
/// <param name="chosenNamespace">The namespace given on the command line; null when none was.</param>
internal sealed class ManifestInjector(PodInjector injector, ClusterSnapshot cluster, string? chosenNamespace)
{
    /// <summary>Whether the pods are to tell how they were decided on.</summary>
    public bool IsExplaining { get; init; }

    /// <summary>The objects that are meant; others are left as they are.</summary>
    public Func<ManifestObject, bool> IsMeant { get; init; } = _ => true;

    /// <summary>Of objects that name none.</summary>
    public string DefaultNamespace { get; init; } = "default";

    /// <summary>Injects every workload of the documents.</summary>
    /// <exception cref="ManifestException">With every problem of every document.</exception>
    public IReadOnlyList<InjectedManifest> Inject(IEnumerable<ManifestDocument> documents)
    {
        var manifests = new List<InjectedManifest>();
        var problems = new List<ManifestProblem>();
        foreach (var document in documents)
        {
            try
            {
                manifests.Add(Inject(document));
            }
            catch (ManifestException e)
            {
                problems.AddRange(e.Problems);
            }
        }

        return problems.Count == 0 ? manifests : throw new ManifestException(problems);
    }

    /// <summary>Decides on one pod of a template. The template is left as it is.</summary>
    /// <param name="template">Where the pod comes from.</param>
    /// <param name="before">The pod that would be admitted.</param>
    /// <param name="ns">Its namespace.</param>
    public InjectedPod Decide(WorkloadTemplate template, JsonObject before, string ns)
    {
        var patch = new ArrayBufferWriter<byte>();
        using var document = JsonDocument.Parse(before.ToJsonString());
        var request = InjectionRequest.ForPod(new Pod(document.RootElement), ns);
        var explanation = IsExplaining ? injector.Explain(request, cluster, patch) : null;
        var result = explanation?.Result ?? injector.Inject(request, cluster, patch);

        var after = (JsonObject)JsonPatchApplier.Apply(before.DeepClone(), patch.WrittenSpan);
        var operations = patch.WrittenCount == 0 ? [] : JsonNode.Parse(patch.WrittenSpan)!.AsArray();
        return new InjectedPod(template, before, after, operations, result) { Steps = explanation?.Steps ?? [] };
    }

    private InjectedManifest Inject(ManifestDocument document)
    {
        var node = document.ToNode();
        var workloads = new List<InjectedWorkload>();
        var problems = new List<ManifestProblem>();
        foreach (var item in ManifestObject.In(document, node).Where(IsMeant))
        {
            try
            {
                if (WorkloadTemplate.Of(item) is { Count: > 0 } templates) workloads.Add(Inject(item, templates));
            }
            catch (ManifestException e)
            {
                problems.AddRange(e.Problems);
            }
        }

        return problems.Count == 0 ? new InjectedManifest(document, node!, workloads) : throw new ManifestException(problems);
    }

    private InjectedWorkload Inject(ManifestObject item, IReadOnlyList<WorkloadTemplate> templates)
    {
        var ns = item.Namespace ?? chosenNamespace ?? DefaultNamespace;
        if (chosenNamespace is not null && ns != chosenNamespace)
        {
            throw new ManifestException(item.Problem("/metadata/namespace",
                $"{item.Kind} {item.Name} is of namespace {ns}, not {chosenNamespace}: remove metadata.namespace, or give --namespace={ns}"));
        }

        return new InjectedWorkload(item, ns, [.. templates.Select(template => Inject(template, ns))]);
    }

    private InjectedPod Inject(WorkloadTemplate template, string ns)
    {
        var pod = Decide(template, template.ToPod(ns), ns);
        if (pod.Result.IsInjected) template.TakeBack(pod.After);
        return pod;
    }
}
