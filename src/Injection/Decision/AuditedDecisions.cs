using Spanhook.Injection.Drafting;
using Spanhook.Injection.Injectors;

namespace Spanhook.Injection.Decision;

/// <summary>
/// What only the policies in mode Audit would do: decided apart from what is done, on facts of its own, so that they change nothing of it. It is
/// told to the platform team; nobody who made a pod is warned of it.
/// </summary>
internal static class AuditedDecisions
{
    /// <summary>Adds them to the decisions.</summary>
    /// <param name="decisions">What was decided of what is done.</param>
    /// <param name="plans">What is done.</param>
    /// <param name="audited">Decides as if those policies enforced.</param>
    /// <param name="facts">Of the pod.</param>
    public static void AddTo(List<InjectionDecision> decisions, List<InjectionPlan> plans, InjectionDecider audited, PodFacts facts)
    {
        var wouldBe = audited.Decide();
        foreach (var plan in wouldBe)
        {
            foreach (var target in plan.Targets)
            {
                if (plans.Exists(p => p.Injector == plan.Injector && p.Targets.Contains(target))) continue;

                // The policy has what was missing.
                decisions.RemoveAll(d => d.Injector == plan.Injector.Name && d.Reason == Reasons.InstrumentationNotFound);
                decisions.Add(new(Reasons.AuditOnly, plan.Injector.Name, facts.Pod.ContainerAt(target).Name, plan.Instrumentation.Source, DetailOf(plan, audited)) { Policy = plan.Policy });
            }
        }

        foreach (var decision in audited.Decisions)
        {
            if (decision.Reason == Reasons.OptOutDenied || plans.Exists(p => p.Injector.Name == decision.Injector) || decisions.Exists(d => IsSame(d, decision))) continue;
            decisions.Add(decision.Reason.Severity == Severity.Info ? decision : decision with { Reason = Reasons.AuditSkipped, Detail = new InjectionDecision(decision.Reason, Detail: decision.Detail).Message });
        }
    }

    private static string? DetailOf(InjectionPlan plan, InjectionDecider audited) =>
        audited.Decisions.Exists(d => d.Reason == Reasons.OptOutDenied && d.Injector == plan.Injector.Name) ? "whoever opted out would be injected nevertheless" : null;

    private static bool IsSame(InjectionDecision left, InjectionDecision right) =>
        left.Reason == right.Reason && left.Injector == right.Injector && left.Container == right.Container;
}
