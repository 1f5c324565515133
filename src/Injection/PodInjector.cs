using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Injection.Cluster;
using Spanhook.Injection.Decision;
using Spanhook.Injection.Drafting;
using Spanhook.Injection.Injectors;
using Spanhook.Injection.Injectors.Engines;
using Spanhook.Injection.Patching;

namespace Spanhook.Injection;

/// <summary>Decides on a pod and writes the patch: decide, check, inject, write. Thread-safe, without state.</summary>
public sealed class PodInjector(InjectionOptions options)
{
    // Each container that is asked for costs time and memory long before its first byte of patch; no kubelet runs so many, and their patch would be too large.
    private const int MaxContainers = 512;

    // Of all keys and values together.
    private const int MaxAnnotations = 256 * 1024;

    private static readonly InjectionResult NotRequested = new() { Decisions = [new(Reasons.NotRequested)] };

    /// <summary>Decides on one pod against one snapshot; appends an RFC 6902 patch (a JSON array) to <paramref name="patch"/>, or nothing.</summary>
    public InjectionResult Inject(in InjectionRequest request, ClusterSnapshot cluster, IBufferWriter<byte> patch)
    {
        if (InjectionDecider.Prefilter(request, cluster, out var annotations) is { } early)
            return early.Reason == Reasons.NotRequested ? NotRequested : new() { Decisions = [early] };
        if (TooManyContainers(request.Pod) is { } tooMany) return new() { Decisions = [tooMany] };

        var facts = new PodFacts(request.Pod, request.Namespace, cluster, annotations!);
        var decider = new InjectionDecider(options, cluster, facts, annotations!);
        var plans = decider.Decide();
        var decisions = decider.Decisions;
        if (plans.Count == 0)
        {
            if (decisions.Count == 0) return NotRequested;
            return new() { Decisions = InCatalogOrder(decisions) };
        }

        if (facts.EndpointOverride.Refusal is { } refusal) decisions.Add(new(refusal.Reason, Detail: refusal.Detail));
        using var draft = new PodDraft(request.Pod);
        foreach (var plan in plans) Inject(plan, draft, facts, decisions);
        return new() { Decisions = InCatalogOrder(decisions), Operations = Write(draft, facts, patch) };
    }

    private static InjectionDecision? TooManyContainers(Pod pod)
    {
        var containers = pod.Containers.Count() + pod.InitContainers.Count();
        return containers <= MaxContainers ? null : new(Reasons.ReviewTooLarge, Detail: $"{containers} containers, at most {MaxContainers}");
    }

    private static void Inject(InjectionPlan plan, PodDraft draft, PodFacts facts, List<InjectionDecision> decisions)
    {
        var targets = plan.Context.Targets;
        foreach (var target in targets) draft.Container(target).BeginInjector();
        var before = draft.Edits;
        plan.Injector.Inject(draft, plan.Context);
        var podWasEdited = draft.Edits > before;
        foreach (var target in targets)
        {
            var container = draft.Container(target);
            // The go sidecar edits the pod, not its target.
            var isEdited = container.WasEdited || (podWasEdited && targets.Count == 1);
            decisions.Add(new(isEdited ? Reasons.Injected : Reasons.AlreadyInjected, plan.Injector.Name, container.Name, plan.Instrumentation.Source));
            if (!isEdited) continue;
            facts.Marker.Add(plan.Injector.Name, container.Name, plan.Instrumentation.MarkerSource);
            if (plan.Injector.Warn(plan.Context, container.View) is { } warning)
                decisions.Add(new(warning.Reason, plan.Injector.Name, container.Name, plan.Instrumentation.Source, warning.Detail));
            if (EndpointMismatch(plan, container) is { } mismatch)
                decisions.Add(new(Reasons.EndpointProtocolMismatch, plan.Injector.Name, container.Name, plan.Instrumentation.Source, mismatch));
        }
    }

    private static string? EndpointMismatch(InjectionPlan plan, ContainerDraft container)
    {
        if (plan.Injector is EngineInjector engine) return engine.EndpointMismatch(plan.Context, container.View);
        var env = container.Env;
        const string protocolVariable = "OTEL_EXPORTER_OTLP_PROTOCOL";
        if (env.IsReference(SdkEnvironment.EndpointVariable) || env.IsReference(protocolVariable)) return null; // what is not known is not warned of
        var endpoint = env.Literal(SdkEnvironment.EndpointVariable) ?? plan.Context.Instrumentation.Endpoint;
        var protocol = env.Literal(protocolVariable) ?? plan.Injector.DefaultProtocol;
        return endpoint is not null && protocol is not null && OtlpEndpoint.PortContradicts(endpoint, protocol) ? $"{endpoint} with {protocol}" : null;
    }

    private static int Write(PodDraft draft, PodFacts facts, IBufferWriter<byte> patch)
    {
        if (draft.Edits == 0) return 0;
        var writer = new JsonPatchWriter(patch);
        try
        {
            writer.WritePod(draft);
            var marker = facts.Marker.ToString();
            writer.WriteMarker(draft.Pod.Metadata, HasRoom(draft.Pod.Annotations, marker) ? marker : null);
            return writer.Operations;
        }
        finally
        {
            writer.Dispose();
        }
    }

    // A pod is not refused for our annotation: it goes without where it has as much as a pod may have.
    private static bool HasRoom(JsonElement annotations, string marker) =>
        !annotations.IsPresent() || JsonMarshal.GetRawUtf8Value(annotations).Length + Annotations.Marker.Length + marker.Length <= MaxAnnotations;

    private static List<InjectionDecision> InCatalogOrder(List<InjectionDecision> decisions) =>
        decisions.Count < 2 ? decisions : [.. decisions.OrderBy(d => IndexOf(d.Injector))];

    private static int IndexOf(string? injector)
    {
        for (var i = 0; i < InjectorCatalog.Names.Count; i++)
        {
            if (InjectorCatalog.Names[i] == injector) return i;
        }

        return -1;
    }
}
