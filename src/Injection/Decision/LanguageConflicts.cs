using Spanhook.Injection.Drafting;
using Spanhook.Injection.Injectors;

namespace Spanhook.Injection.Decision;

/// <summary>
/// Several languages for one pod. Who wins on a container:
/// <list type="number">
/// <item>the pod's annotation</item>
/// <item>its namespace's annotation, unless the pod says which container is whose</item>
/// <item>a policy, which also leaves alone a container whose engine an annotation asks for</item>
/// </list>
/// Two from annotations need container names, and so do two from policies; none of a policy's ever makes one of an annotation fail.
/// </summary>
internal sealed class LanguageConflicts(PodFacts facts, RequestAnnotations annotations, List<InjectionDecision> decisions)
{
    /// <summary>Takes away what another one's choice excludes.</summary>
    public void Resolve(List<InjectionPlan> plans)
    {
        Prefer(plans, RequestOrigin.Namespace, Taken(plans.Where(p => p.Origin == RequestOrigin.Pod && !p.Injector.IsEngine)));
        Prefer(plans, RequestOrigin.Policy, Taken(plans.Where(p => p.Origin != RequestOrigin.Policy)));
        RequireContainerNames(plans, isPolicy: false);
        RequireContainerNames(plans, isPolicy: true);
    }

    // An engine that is asked for by its own name is looked for in every container.
    private HashSet<TargetRef> Taken(IEnumerable<InjectionPlan> plans) =>
        [.. plans.SelectMany(p => p.Targets.Where(t => !p.Injector.IsEngine || facts.Programs.Of(facts.Pod.ContainerAt(t).Name)?.Engine == p.Injector.Name))];

    private void Prefer(List<InjectionPlan> plans, RequestOrigin loser, HashSet<TargetRef> taken)
    {
        if (taken.Count == 0) return;
        foreach (var plan in plans.Where(p => p.Origin == loser && !p.Injector.IsEngine).ToList())
        {
            if (loser == RequestOrigin.Namespace && ContainerSelector.IsListedByPod(annotations, plan.Injector.Name)) continue;
            plan.Targets.RemoveAll(taken.Contains);
            if (plan.Targets.Count > 0) continue;
            plans.Remove(plan);
            Refuse(plan, Reasons.PodChoicePreferred);
        }
    }

    private void RequireContainerNames(List<InjectionPlan> plans, bool isPolicy)
    {
        var languages = plans.Where(p => !p.Injector.IsEngine && p.Origin == RequestOrigin.Policy == isPolicy).ToList();
        if (languages.Count < 2 || languages.TrueForAll(p => p.Names is not null)) return;
        foreach (var plan in languages)
        {
            plans.Remove(plan);
            Refuse(plan, Reasons.ContainerNamesRequired);
        }
    }

    private void Refuse(InjectionPlan plan, Reason reason) =>
        decisions.Add(new(reason, plan.Injector.Name, Source: plan.Instrumentation.Source) { Policy = plan.Policy });
}
