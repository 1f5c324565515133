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
    public InjectionResult Inject(in InjectionRequest request, ClusterSnapshot cluster, IBufferWriter<byte> patch) => Run(request, cluster, patch, steps: null);

    /// <summary>As <see cref="Inject"/>, with every step of the decision in words.</summary>
    public Explanation Explain(in InjectionRequest request, ClusterSnapshot cluster, IBufferWriter<byte> patch)
    {
        var steps = new List<ExplainedStep>();
        var result = Run(request, cluster, patch, steps);
        steps.AddRange(result.Decisions.Select(ExplainedSteps.Decision));
        return new(steps, result);
    }

    private InjectionResult Run(in InjectionRequest request, ClusterSnapshot cluster, IBufferWriter<byte> patch, List<ExplainedStep>? steps)
    {
        var gates = RequestGates.Pass(request, cluster);
        steps?.AddRange([.. ExplainedSteps.Gates(request, gates), .. request.IsPodCreation ? ExplainedSteps.Policies(request, cluster) : []]);
        var policies = gates.Policies;
        if ((gates.Refusal ?? TooManyContainers(request.Pod)) is { } early) return early.Reason == Reasons.NotRequested ? Nothing(policies) : new() { Decisions = [early], Policies = policies.Names };

        var facts = new PodFacts(request.Pod, request.Namespace, cluster, gates.Annotations, policies.Enforced);
        var decider = new InjectionDecider(options, policies, facts, gates.Annotations) { Steps = steps };
        var plans = decider.Decide();
        var decisions = decider.Decisions;
        if (policies.Audited is { } audited)
        {
            var whatIf = new PodFacts(request.Pod, request.Namespace, cluster, gates.Annotations, audited);
            AuditedDecisions.AddTo(decisions, plans, new(options, policies, whatIf, gates.Annotations), facts);
        }

        if (plans.Count == 0) return decisions.Count == 0 ? Nothing(policies) : new() { Decisions = InCatalogOrder(decisions), Policies = policies.Names };
        if (facts.EndpointOverride.Refusal is { } refusal) decisions.Add(new(refusal.Reason, Detail: refusal.Detail));
        using var draft = new PodDraft(request.Pod);
        foreach (var plan in plans) Apply(plan, draft, facts, decisions);
        return new() { Decisions = InCatalogOrder(decisions), Policies = policies.Names, Operations = Write(draft, facts, patch) };
    }

    private static InjectionResult Nothing(MatchedPolicies policies) => policies.Names.Count == 0 ? NotRequested : NotRequested with { Policies = policies.Names };

    private static InjectionDecision? TooManyContainers(Pod pod)
    {
        var containers = pod.Containers.Count() + pod.InitContainers.Count();
        return containers <= MaxContainers ? null : new(Reasons.ReviewTooLarge, Detail: $"{containers} containers, at most {MaxContainers}");
    }

    private static void Apply(InjectionPlan plan, PodDraft draft, PodFacts facts, List<InjectionDecision> decisions)
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
            Add(isEdited ? Reasons.Injected : Reasons.AlreadyInjected);
            if (!isEdited) continue;
            facts.Marker.Add(plan.Injector.Name, container.Name, plan.MarkerSource);
            if (plan.Injector.Warn(plan.Context, container.View) is { } warning) Add(warning.Reason, warning.Detail);
            if (EndpointMismatch(plan, container) is { } mismatch) Add(Reasons.EndpointProtocolMismatch, mismatch);

            void Add(Reason reason, string? detail = null) =>
                decisions.Add(new(reason, plan.Injector.Name, container.Name, plan.Instrumentation.Source, detail) { Policy = plan.Policy });
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
