using Spanhook.Api;
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
internal sealed class InjectionDecider(InjectionOptions options, ClusterSnapshot cluster, PodFacts facts, RequestAnnotations annotations)
{
    private readonly List<InjectionDecision> _decisions = [];
    private readonly EngineRequests _engines = new(options, facts, annotations);

    /// <summary>What was refused or noted, in catalog order.</summary>
    public List<InjectionDecision> Decisions => _decisions;

    private Pod Pod => facts.Pod;

    /// <summary>The gates that need no annotations and cost next to nothing: most pods end here. Null when the pod passes.</summary>
    public static InjectionDecision? Prefilter(in InjectionRequest request, ClusterSnapshot cluster, out RequestAnnotations? annotations)
    {
        annotations = null;
        if (!request.IsPodCreation) return new(Reasons.NotAPodCreation);
        annotations = RequestAnnotations.Read(request.Pod, cluster.Namespace(request.Namespace).Requests);
        if (annotations is null || !AnyInjectorNamed(annotations)) return NotRequested;
        if (request.Pod.Annotations.Member("kubernetes.io/config.mirror"u8).IsPresent()) return new(Reasons.MirrorPod);
        if (PodShape.FirstProblem(request.Pod) is { } problem) return new(Reasons.PodInvalid, Detail: problem);
        return cluster.IsNotKnownYet(request.Namespace) ? new(Reasons.NamespaceNotKnownYet) : null;
    }

    /// <summary>The injections that can be done, each with the containers that passed every check; in catalog order.</summary>
    public List<InjectionPlan> Decide()
    {
        var plans = new List<InjectionPlan>(1);
        foreach (var injector in InjectorCatalog.All) PlanOne(injector, plans);
        if (_engines.Unanswered(plans, _decisions) is { } unanswered) _decisions.Add(unanswered);
        if (plans.Count > 1)
        {
            PreferThePodsChoice(plans);
            RequireContainerNames(plans);
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

    private static readonly InjectionDecision NotRequested = new(Reasons.NotRequested);

    private static bool AnyInjectorNamed(RequestAnnotations annotations)
    {
        if (annotations.First(Annotations.InjectEngine) is not null) return true;
        foreach (var injector in InjectorCatalog.All)
        {
            if (annotations.First(InjectorCatalog.AnnotationOf(injector)) is not null) return true;
        }

        return false;
    }

    private void PlanOne(IInjector injector, List<InjectionPlan> plans)
    {
        if (_engines.KeyOf(injector) is not { } key || annotations.Choice(key) is not { } choice) return;
        var isAnyEngine = key == Annotations.InjectEngine;
        if (isAnyEngine && (RequestAnnotations.IsFalse(choice) || !_engines.IsSeen(injector.Name))) return;
        if (RequestAnnotations.IsFalse(choice))
        {
            Refuse(injector, new(annotations.OfPod(key) is null ? Reasons.OptedOutNamespace : Reasons.OptedOutPod));
            return;
        }

        var selected = InstrumentationSelector.Select(choice, Pod, facts.Namespace, cluster, options.CrossNamespace);
        var refusal = selected.Refusal
            ?? (options.Disabled.Contains(injector.Name) ? new Refusal(Reasons.LanguageDisabled) : default(Refusal?))
            ?? (selected.Instrumentation!.Errors is { } errors ? new Refusal(Reasons.InstrumentationInvalid, errors) : default(Refusal?))
            ?? (Pod.IsWindows ? new Refusal(Reasons.WindowsPod) : default(Refusal?));
        if (refusal is { } reason)
        {
            Refuse(injector, reason, source: selected.Instrumentation?.Source);
            return;
        }

        var isFromPod = annotations.OfPod(key) is not null;
        if (MakePlan(injector, selected, isFromPod, isAnyEngine) is { } plan) plans.Add(plan);
    }

    private InjectionPlan? MakePlan(IInjector injector, InstrumentationChoice selected, bool isFromPod, bool isAnyEngine)
    {
        var names = ContainerSelector.Names(annotations, injector);
        var targets = names is null ? DefaultTargets(injector) : FindNamed(injector, names);
        if (isAnyEngine) targets.RemoveAll(t => facts.Programs.Of(Pod.ContainerAt(t).Name)?.Engine != injector.Name);
        if (targets.Count == 0) return null;
        return new InjectionPlan
        {
            Injector = injector,
            Instrumentation = selected.Instrumentation!,
            Targets = targets,
            Names = names,
            IsFromNamespace = !isFromPod,
            IsAudit = selected.IsAudit,
            Context = new InjectionContext
            {
                Facts = facts,
                Annotations = annotations,
                Instrumentation = selected.Instrumentation!,
                Section = selected.Instrumentation!.SectionOf(injector.Name),
                Targets = targets,
                RequestedTargets = targets.Count,
                IsExplicit = isFromPod,
            },
        };
    }

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

    // The pod's own choice of a language beats its namespace's on the same container, unless the pod says which container is whose.
    private void PreferThePodsChoice(List<InjectionPlan> plans)
    {
        var own = plans.Where(p => !p.IsFromNamespace && !p.Injector.IsEngine).SelectMany(p => p.Targets).ToHashSet();
        if (own.Count == 0) return;
        foreach (var plan in plans.Where(p => p.IsFromNamespace && !p.Injector.IsEngine).ToList())
        {
            if (ContainerSelector.IsListedByPod(annotations, plan.Injector.Name)) continue;
            plan.Targets.RemoveAll(own.Contains);
            if (plan.Targets.Count > 0) continue;
            plans.Remove(plan);
            Refuse(plan.Injector, new(Reasons.PodChoicePreferred), source: plan.Instrumentation.Source);
        }
    }

    private void RequireContainerNames(List<InjectionPlan> plans)
    {
        var languages = plans.Where(p => !p.Injector.IsEngine).ToList();
        if (languages.Count < 2 || languages.TrueForAll(p => p.Names is not null)) return;
        foreach (var plan in languages)
        {
            plans.Remove(plan);
            Refuse(plan.Injector, new(Reasons.ContainerNamesRequired), source: plan.Instrumentation.Source);
        }
    }

    /// <summary>Runs every check of a plan; leaves it and its context the targets that passed. False when none did.</summary>
    private bool Check(InjectionPlan plan)
    {
        var source = plan.Instrumentation.Source;
        if (plan.Injector.CheckPod(plan.Context) is { } podRefusal)
        {
            Refuse(plan.Injector, podRefusal, source: source);
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
            else Refuse(plan.Injector, refusal.Value, container.Name, source);
        }

        if (unseen == targets.Count) Refuse(plan.Injector, new(Reasons.EngineNotFound), source: source);
        targets.RemoveRange(passed, targets.Count - passed);
        if (targets.Count == 0 || !plan.IsAudit) return targets.Count > 0;
        foreach (var target in targets) Refuse(plan.Injector, new(Reasons.AuditOnly), Pod.ContainerAt(target).Name, source);
        return false;
    }

    // What one injector adds can be what another one was refused for: an endpoint, a literal in the place of an optional reference. So that a
    // second pass decides as the first one did, it adds nobody to those whom the first one let share a container.
    private Refusal? CheckEarlierPass(string injector, Container container)
    {
        if (!facts.IsShared(injector, container.Name) || facts.Marker.Has(injector, container.Name)) return null;
        return SdkEnvironment.IsConfigured(container) ? new(Reasons.AlreadyInjected, "by an earlier pass, for another injector") : null;
    }

    private void Refuse(IInjector injector, Refusal refusal, string? container = null, string? source = null) =>
        _decisions.Add(new(refusal.Reason, injector.Name, container, source, refusal.Detail));
}
