using Spanhook.Api.Core;
using Spanhook.Injection.Cluster;
using Spanhook.Injection.Drafting;
using Spanhook.Injection.Injectors;

namespace Spanhook.Injection.Decision;

/// <summary>
/// Decides on one pod: the gates in order, each may end with a reason. What wins over what:
/// <list type="number">
/// <item>the application's own env, args and opt-out</item>
/// <item>annotations of the pod, then of its namespace</item>
/// <item>the Instrumentation that the annotation names</item>
/// <item>policies by priority</item>
/// <item>built-in defaults</item>
/// </list>
/// </summary>
internal sealed class InjectionDecider(InjectionOptions options, MatchedPolicies matched, PodFacts facts, RequestAnnotations annotations)
{
    private readonly List<InjectionDecision> _decisions = [];
    private readonly EngineRequests _engines = new(options, facts, annotations);
    private readonly PolicyRequests _policies = new(facts, annotations);
    private readonly InstrumentationSelector _instrumentations = new(facts, matched, options.CrossNamespace);

    /// <summary>What was refused or noted, in catalog order.</summary>
    public List<InjectionDecision> Decisions => _decisions;

    /// <summary>Gets what was asked for, by whom, and with which Instrumentation; null when nobody wants to know.</summary>
    public List<ExplainedStep>? Steps { get; init; }

    private Pod Pod => facts.Pod;

    /// <summary>The injections that can be done, each with the containers that passed every check; in catalog order.</summary>
    public List<InjectionPlan> Decide()
    {
        var plans = new List<InjectionPlan>(1);
        foreach (var injector in InjectorCatalog.All) PlanOne(injector, plans);
        if (_engines.Unanswered(plans, _decisions) is { } unanswered) _decisions.Add(unanswered);
        if (plans.Count > 1)
        {
            new LanguageConflicts(facts, annotations, _decisions).Resolve(plans);
            facts.Requests = plans.SelectMany(p => p.Targets.Select(t => (p.Injector.Name, Pod.ContainerAt(t).Name))).ToHashSet();
        }

        var passed = 0;
        for (var i = 0; i < plans.Count; i++)
        {
            if (Check(plans[i])) plans[passed++] = plans[i];
        }

        plans.RemoveRange(passed, plans.Count - passed);
        if (passed > 1) facts.Accepted = plans.SelectMany(p => p.Context.Targets.Select(t => (p.Injector.Name, Pod.ContainerAt(t).Name))).ToHashSet();
        return plans;
    }

    private void PlanOne(IInjector injector, List<InjectionPlan> plans)
    {
        var key = _engines.KeyOf(injector);
        if (key is not null && annotations.Choice(key) is { } choice && !RequestAnnotations.IsFalse(choice)) PlanAnnotated(injector, key, choice, plans);
        else if (key is not null || matched.Asks) PlanByPolicy(injector, plans);
    }

    private void PlanAnnotated(IInjector injector, string key, string choice, List<InjectionPlan> plans)
    {
        var isAnyEngine = key == Annotations.InjectEngine;
        if (isAnyEngine && !_engines.IsSeen(injector.Name)) return;
        var isFromPod = annotations.OfPod(key) is not null;
        var selected = _instrumentations.ByAnnotation(choice);
        Steps?.Add(ExplainedSteps.Annotation(injector, key, choice, isFromPod));
        Steps?.Add(ExplainedSteps.Instrumentation(injector, selected));
        if (RefusalOf(injector, selected) is { } refusal)
        {
            Refuse(injector, refusal, source: selected.Instrumentation?.Source);
            return;
        }

        var names = ContainerSelector.Names(annotations, injector);
        var targets = names is null ? DefaultTargets(injector) : FindNamed(injector, names);
        if (isAnyEngine) targets.RemoveAll(t => facts.Programs.Of(Pod.ContainerAt(t).Name)?.Engine != injector.Name);
        if (targets.Count > 0) plans.Add(MakePlan(injector, selected.Instrumentation!, targets, names, isFromPod ? RequestOrigin.Pod : RequestOrigin.Namespace));
    }

    /// <summary>
    /// What policies ask for where no annotation does:
    /// <list type="table">
    /// <item><term>a policy asks, nobody opted out</term><description>it is planned</description></item>
    /// <item><term>a policy asks, the pod or its namespace opted out</term><description>that is respected, unless <c>optOut</c> is Denied</description></item>
    /// <item><term>no policy asks, the pod or its namespace opted out</term><description>that is said, and no policy makes it an injection</description></item>
    /// <item><term>policies ask, but not for this workload yet</term><description>rollout_not_selected</description></item>
    /// <item><term>a policy would ask behind one in mode Off</term><description>policy_off</description></item>
    /// </list>
    /// </summary>
    private void PlanByPolicy(IInjector injector, List<InjectionPlan> plans)
    {
        var optOut = _engines.OptOutOf(injector);
        var request = _policies.For(injector, facts.PolicySettings);
        if (request is not null) Steps?.Add(ExplainedSteps.Policy(injector, request, facts));
        if (request is { IsSelected: true } && (optOut is null || facts.PolicySettings.OptOut is { DeniesOptOut: true })) PlanRequested(injector, request, optOut, plans);
        else if (optOut is { } optedOut)
        {
            // Of all engines it is said once.
            if (!optedOut.IsForAllEngines) Refuse(injector, new(optedOut.Reason));
        }
        else if (request is not null) Refuse(injector, new(Reasons.RolloutNotSelected, $"{request.Policy.Injection.Percent} % of TracingPolicy {request.Policy.Name}"), policy: request.Policy.Name);
        else if (matched is { Off: { } off, WithoutOff: { } without } && _policies.For(injector, without) is { IsSelected: true } hidden)
            Refuse(injector, new(Reasons.PolicyOff, $"TracingPolicy {off.Name} is Off, and {hidden.Policy.Name} asks for it"), policy: off.Name);
    }

    private void PlanRequested(IInjector injector, PolicyRequest request, OptOut? optOut, List<InjectionPlan> plans)
    {
        var policy = request.Policy.Name;
        foreach (var name in request.Absent) Refuse(injector, new(Reasons.ContainerNotFound), name, policy: policy);
        if (request.Targets.Count == 0) return;
        var selected = _instrumentations.ByPolicy();
        Steps?.Add(ExplainedSteps.Instrumentation(injector, selected));
        if (RefusalOf(injector, selected) is { } refusal)
        {
            Refuse(injector, refusal, source: selected.Instrumentation?.Source, policy: policy);
            return;
        }

        plans.Add(MakePlan(injector, selected.Instrumentation!, request.Targets, request.Names, RequestOrigin.Policy, policy));
        if (optOut is not null) Refuse(injector, new(Reasons.OptOutDenied, $"TracingPolicy {facts.PolicySettings.OptOut!.Name}"), source: selected.Instrumentation!.Source, policy: policy);
    }

    private Refusal? RefusalOf(IInjector injector, in InstrumentationChoice selected) =>
        selected.Refusal
        ?? (options.Disabled.Contains(injector.Name) ? new Refusal(Reasons.LanguageDisabled) : default(Refusal?))
        ?? (selected.Instrumentation!.Errors is { } errors ? new Refusal(Reasons.InstrumentationInvalid, errors) : default(Refusal?))
        ?? (Pod.IsWindows ? new Refusal(Reasons.WindowsPod) : default(Refusal?));

    private InjectionPlan MakePlan(
        IInjector injector, CompiledInstrumentation instrumentation, List<TargetRef> targets, IReadOnlyList<string>? names, RequestOrigin origin, string? policy = null) => new()
        {
            Injector = injector,
            Instrumentation = instrumentation,
            Targets = targets,
            Names = names,
            Origin = origin,
            Policy = policy,
            Context = new InjectionContext
            {
                Facts = facts,
                Annotations = annotations,
                Instrumentation = instrumentation,
                Section = instrumentation.SectionOf(injector.Name),
                Targets = targets,
                RequestedTargets = targets.Count,
                IsExplicit = origin == RequestOrigin.Pod,
            },
        };

    private List<TargetRef> DefaultTargets(IInjector injector) =>
        injector.IsEngine ? ContainerSelector.Candidates(Pod) : [ContainerSelector.Default(Pod)];

    private List<TargetRef> FindNamed(IInjector injector, IReadOnlyList<string> names)
    {
        if (ContainerSelector.CheckNames(names) is { } refusal)
        {
            Refuse(injector, refusal);
            return [];
        }

        var absent = new List<string>();
        var targets = ContainerSelector.Find(Pod, names, absent);
        foreach (var name in absent) Refuse(injector, new(Reasons.ContainerNotFound), name);
        return targets;
    }

    /// <summary>Runs every check of a plan; leaves it and its context the targets that passed. False when none did.</summary>
    private bool Check(InjectionPlan plan)
    {
        var source = plan.Instrumentation.Source;
        if (plan.Injector.CheckPod(plan.Context) is { } podRefusal)
        {
            Refuse(plan.Injector, podRefusal, source: source, policy: plan.Policy);
            return false;
        }

        var targets = plan.Targets;
        var passed = 0;
        var unseen = 0;
        for (var i = 0; i < targets.Count; i++)
        {
            var target = targets[i];
            var container = Pod.ContainerAt(target);
            var refusal = target.IsInit && !plan.Injector.SupportsInitContainers
                ? new(Reasons.ContainerNotSupported)
                : plan.Injector.Check(plan.Context, container) ?? CheckEarlierPass(plan.Injector.Name, container);
            if (refusal is null) targets[passed++] = target;
            else if (refusal.Value.Reason == Reasons.EngineNotFound && plan.Names is null) unseen++;
            else Refuse(plan.Injector, refusal.Value, container.Name, source, plan.Policy);
        }

        if (unseen == targets.Count) Refuse(plan.Injector, new(Reasons.EngineNotFound), source: source, policy: plan.Policy);
        targets.RemoveRange(passed, targets.Count - passed);
        return targets.Count > 0;
    }

    // What one injector adds can be what another one was refused for: an endpoint, a literal in the place of an optional reference. So that a
    // second pass decides as the first one did, it adds nobody to those whom the first one let share a container.
    private Refusal? CheckEarlierPass(string injector, Container container)
    {
        if (!facts.IsShared(injector, container.Name) || facts.Marker.Has(injector, container.Name)) return null;
        return SdkEnvironment.IsConfigured(container) ? new(Reasons.AlreadyInjected, "by an earlier pass, for another injector") : null;
    }

    private void Refuse(IInjector injector, Refusal refusal, string? container = null, string? source = null, string? policy = null) =>
        _decisions.Add(new(refusal.Reason, injector.Name, container, source, refusal.Detail) { Policy = policy });
}
