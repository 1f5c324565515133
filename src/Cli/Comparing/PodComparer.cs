using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spanhook.Api.Core;
using Spanhook.Cli.Reporting;
using Spanhook.Injection;
using Spanhook.Injection.Cluster;
using Spanhook.Injection.Patching;

namespace Spanhook.Cli.Comparing;

/// <summary>Compares running pods with what would be injected now, by running the webhook's own injector.</summary>
internal sealed class PodComparer(PodInjector injector, ClusterSnapshot cluster)
{
    /// <param name="running">The pod as the API server has it.</param>
    /// <param name="template">
    /// What it was made of (<see cref="Manifests.WorkloadTemplate.ToPod"/>), as the workload has it now; changed. Null for a bare pod, of which only
    /// what is missing can be told: what it was before its injection is known nowhere.
    /// </param>
    /// <param name="ns">Its namespace.</param>
    public PodComparison Compare(JsonObject running, JsonObject? template, string ns) =>
        template is null ? CompareBare(running, ns) : CompareWith(AdmittedPod.From(template, running), running, ns);

    /// <summary>What would become of a pod that is created now.</summary>
    public (JsonObject After, InjectionResult Result) Inject(JsonObject pod, string ns)
    {
        var patch = new ArrayBufferWriter<byte>();
        using var document = JsonDocument.Parse(pod.ToJsonString());
        var result = injector.Inject(InjectionRequest.ForPod(new Pod(document.RootElement), ns), cluster, patch);
        return (result.IsInjected ? (JsonObject)JsonPatchApplier.Apply(pod.DeepClone(), patch.WrittenSpan) : pod, result);
    }

    private PodComparison CompareWith(JsonObject admitted, JsonObject running, string ns)
    {
        var (after, now) = Inject(admitted, ns);
        var mark = PodMark.Of(running);
        if (!now.IsInjected)
        {
            if (mark is null) return new(PodState.Untouched, now, []);

            // A template may be injected already, by the command line.
            return PodMark.Of(admitted) == mark ? new(PodState.Fresh, now, []) : new(PodState.Surplus, now, [$"it is injected ({mark})"]);
        }

        var differences = new InjectedParts(admitted, after, running).Differences(isMarked: mark is not null);
        if (differences.Count == 0) return new(PodState.Fresh, now, []);
        return new(mark is null ? PodState.Missing : PodState.Stale, now, differences);
    }

    private PodComparison CompareBare(JsonObject running, string ns)
    {
        var (after, now) = Inject(running, ns);
        var isMarked = PodMark.Of(running) is not null;
        if (!now.IsInjected) return new(isMarked ? PodState.Fresh : PodState.Untouched, now, []);
        var missing = PodDiff.Containers(running, after).SelectMany(entry => entry.Changes.Select(change => $"container {entry.Container}: {change.What} {change.Name} is missing"))
            .Concat(PodDiff.Pod(running, after).Where(change => change.Name != PodMark.Key).Select(change => $"{change.What} {change.Name} is missing"));
        return new(isMarked ? PodState.Stale : PodState.Missing, now, [.. missing]);
    }
}
