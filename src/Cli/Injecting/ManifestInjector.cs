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

    private InjectedManifest Inject(ManifestDocument document)
    {
        var node = document.ToNode();
        var workloads = new List<InjectedWorkload>();
        var problems = new List<ManifestProblem>();
        foreach (var item in ManifestObject.In(document, node))
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
        var ns = item.Namespace ?? chosenNamespace ?? "default";
        if (chosenNamespace is not null && ns != chosenNamespace)
        {
            throw new ManifestException(item.Problem("/metadata/namespace",
                $"{item.Kind} {item.Name} is of namespace {ns}, not {chosenNamespace}: remove metadata.namespace, or give --namespace={ns}"));
        }

        return new InjectedWorkload(item, ns, [.. templates.Select(template => Inject(template, ns))]);
    }

    private InjectedPod Inject(WorkloadTemplate template, string ns)
    {
        var before = template.ToPod(ns);
        var patch = new ArrayBufferWriter<byte>();
        using var document = JsonDocument.Parse(before.ToJsonString());
        var result = injector.Inject(InjectionRequest.ForPod(new Pod(document.RootElement), ns), cluster, patch);

        var after = (JsonObject)JsonPatchApplier.Apply(before.DeepClone(), patch.WrittenSpan);
        if (result.IsInjected) template.TakeBack(after);
        var operations = patch.WrittenCount == 0 ? [] : JsonNode.Parse(patch.WrittenSpan)!.AsArray();
        return new InjectedPod(template, before, after, operations, result);
    }
}
