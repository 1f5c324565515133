using Spanhook.Api;
using Spanhook.Injection.Cluster;
using Spanhook.Injection.Injectors;

namespace Spanhook.Injection.Decision;

/// <summary>The steps of a decision in words. Made only for who asks why: the text costs more than the decision.</summary>
internal static class ExplainedSteps
{
    /// <summary>The gates before anything is decided, as far as it came.</summary>
    public static IEnumerable<ExplainedStep> Gates(InjectionRequest request, RequestGates gates)
    {
        var refusal = gates.Refusal?.Reason;
        yield return new("request", request.IsPodCreation, request.IsPodCreation ? $"the creation of a pod in namespace {request.Namespace}" : Reasons.NotAPodCreation.Sentence);
        if (!request.IsPodCreation) yield break;
        var written = gates.Annotations.Written.ToList();
        yield return new("annotations", written.Count > 0 ? true : null, written.Count == 0 ? $"neither the pod nor namespace {request.Namespace} has any of {Annotations.Prefix}" : string.Join("; ", written));
        yield return new("asked", refusal != Reasons.NotRequested, refusal == Reasons.NotRequested ? Reasons.NotRequested.Sentence : WhoAsks(gates));
        if (refusal == Reasons.NotRequested) yield break;
        yield return new("static pod", refusal != Reasons.MirrorPod, refusal == Reasons.MirrorPod ? Reasons.MirrorPod.Sentence : "it is none, so it can be changed");
        if (refusal == Reasons.MirrorPod) yield break;
        yield return new("shape", refusal != Reasons.PodInvalid, refusal == Reasons.PodInvalid ? gates.Refusal!.Message : "it is a pod that can be injected");
        if (refusal == Reasons.PodInvalid) yield break;
        if (refusal == Reasons.NamespaceNotKnownYet) yield return new("namespace", false, Reasons.NamespaceNotKnownYet.Sentence);
    }

    /// <summary>Every policy of the cluster: whether it covers the pod or why not, and what it gives that no higher one does.</summary>
    public static IEnumerable<ExplainedStep> Policies(InjectionRequest request, ClusterSnapshot cluster)
    {
        var ns = cluster.Namespace(request.Namespace);
        var labels = request.Pod.Labels;
        string? off = null;
        var given = new HashSet<string>(StringComparer.Ordinal);
        var onlyAudited = new HashSet<string>(StringComparer.Ordinal);
        foreach (var policy in cluster.Policies.Policies)
        {
            var head = $"priority {policy.Priority}, {policy.Mode}";
            var mismatch = LabelSelectorMatcher.FirstMismatch(policy.NamespaceSelector, key => ns.Label(key, request.Namespace)) is { } ofNamespace
                ? $"namespace {request.Namespace} does not match its namespaceSelector: {LabelSelectorMatcher.Show(ofNamespace)}"
                : LabelSelectorMatcher.FirstMismatch(policy.PodSelector, key => key == Annotations.Marker ? null : labels.Text(System.Text.Encoding.UTF8.GetBytes(key))) is { } ofPod
                    ? $"the pod does not match its podSelector: {LabelSelectorMatcher.Show(ofPod)}"
                    : null;
            var text = mismatch is not null ? $"{head}: {mismatch}"
                : off is not null ? $"{head}: matches, but TracingPolicy {off} above it is Off"
                : policy.Mode == PolicyMode.Off ? $"{head}: matches, and ends the list"
                : $"{head}: matches; {PolicyFieldsInUse.Show(policy, policy.Mode == PolicyMode.Audit ? onlyAudited : given)}";
            yield return new($"TracingPolicy {policy.Name}", mismatch is null && off is null && policy.Mode != PolicyMode.Off, text);
            if (mismatch is null && policy.Mode == PolicyMode.Off) off ??= policy.Name;
        }
    }

    /// <summary>An annotation asks.</summary>
    public static ExplainedStep Annotation(IInjector injector, string key, string choice, bool isFromPod) =>
        new(injector.Name, true, $"asked for by the {(isFromPod ? "pod" : "namespace")}'s annotation {Annotations.Prefix}{key}: \"{choice}\"");

    /// <summary>Policies ask.</summary>
    public static ExplainedStep Policy(IInjector injector, PolicyRequest request, PodFacts facts)
    {
        var (policy, percent) = (request.Policy.Name, request.Policy.Injection.Percent);
        var workload = facts.Owners.WorkloadOf(facts.Pod);
        var share = percent >= 100 ? ""
            : $"; {percent} % of workloads, and {workload.Kind} {workload.Name} is at {Rollout.BucketOf(facts.Namespace, workload, policy) / 100m:0.00} %, {(request.IsSelected ? "so it is selected" : "so it is not selected yet")}";
        return new(injector.Name, request.IsSelected, FormattableString.Invariant($"asked for by TracingPolicy {policy} (spec.inject.{(injector.IsEngine ? "engines" : "languages")}){share}"));
    }

    /// <summary>Which Instrumentation, and why that one.</summary>
    public static ExplainedStep Instrumentation(IInjector injector, InstrumentationChoice choice)
    {
        if (choice.Refusal is { } refusal) return new(injector.Name, false, new InjectionDecision(refusal.Reason, Detail: refusal.Detail).Message);
        var why = choice.Why switch
        {
            ChosenBecause.ItIsTheOnlyOne => "the only one of the namespace",
            ChosenBecause.ItIsTheDefault => $"of several the one annotated {Annotations.Default}",
            ChosenBecause.PoliciesCarryIt => "spec.instrumentation of the policies that cover the pod, the highest first",
            _ => "the one that the annotation names",
        };
        return new(injector.Name, choice.Instrumentation!.Errors is null, $"settings of {choice.Instrumentation.Source}: {why}");
    }

    /// <summary>What became of it.</summary>
    public static ExplainedStep Decision(InjectionDecision decision)
    {
        var subject = (decision.Injector, decision.Container) switch
        {
            (null, _) => "pod",
            ({ } injector, null) => injector,
            ({ } injector, { } container) => $"{injector}, container {container}",
        };
        var source = decision.Source is null || decision.Reason != Reasons.Injected ? "" : $" from {decision.Source}";
        var policy = decision.Policy is null || decision.Reason != Reasons.Injected ? "" : $", asked for by TracingPolicy {decision.Policy}";
        return new(subject, decision.Reason == Reasons.Injected, decision.Reason == Reasons.Injected ? $"injected{source}{policy}" : (decision with { Injector = null }).Message);
    }

    private static string WhoAsks(RequestGates gates)
    {
        var policies = gates.Policies;
        var askers = new List<string>();
        if (gates.NamesInjector) askers.Add("an annotation");
        askers.AddRange(new[] { policies.Enforced.Languages, policies.Enforced.Engines }.OfType<CompiledPolicy>().Select(p => $"TracingPolicy {p.Name}").Distinct(StringComparer.Ordinal));
        if (policies.Audited is { Asks: true }) askers.Add("a policy in mode Audit");
        if (policies.WithoutOff is { Asks: true }) askers.Add($"a policy behind TracingPolicy {policies.Off!.Name}, which is Off");
        return askers.Count == 0 ? "by a policy that may cover the namespace" : $"by {string.Join(", ", askers)}";
    }
}
