using Spanhook.Cli.Comparing;
using Spanhook.Cli.Injecting;
using Spanhook.Injection.Decision;
using Spanhook.Injection.Injectors;
using Spanhook.Manifests;

namespace Spanhook.Cli.Enabling;

/// <summary>
/// Plans that a workload is no longer injected. Its annotations are taken away; where the namespace or a policy asks all the same, they say "false",
/// which counts unless a policy denies that.
/// </summary>
internal sealed class DisablePlan(LiveTemplate live, Wish wish)
{
    private const string No = "false";
    private const string InjectedItself = "its template itself is injected, by 'kubectl spanhook inject' or by hand: apply the manifest that it was made of";

    /// <summary>What stands in the template is in every pod, whatever is asked.</summary>
    private bool IsInjectedItself => WorkloadTemplate.Of(live.Workload).Any(template => template.Annotations?.ContainsKey(PodMark.Key) == true);

    public TemplatePlan Make()
    {
        var edits = Removals();
        var plan = Plan(edits);
        if (Injected(plan.After).Any(InjectorCatalog.IsEngine) && wish.Guides.Contains(InjectorGuide.AnyEngine))
        {
            edits[InjectorGuide.AnyEngine.Annotation] = No;
            plan = Plan(edits);
        }

        foreach (var injector in Injected(plan.After)) edits[InjectorGuide.All.Single(guide => guide.Name == injector).Annotation] = No;
        plan = Plan(edits);
        var denials = Injected(plan.After).Count == 0 ? [] : Denials(plan.After);
        return plan with { Refusals = IsInjectedItself ? [.. denials, InjectedItself] : denials };
    }

    /// <summary>What asks is taken away with the names of its containers; what says no already stays.</summary>
    private Dictionary<string, string?> Removals()
    {
        var edits = new Dictionary<string, string?>(StringComparer.Ordinal);
        var templates = WorkloadTemplate.Of(live.Workload);
        foreach (var guide in wish.Guides)
        {
            var isAsked = templates.Any(template => template.Annotations?[guide.Annotation]?.ToString().Trim() is { } value && !value.Equals(No, StringComparison.OrdinalIgnoreCase));
            if (isAsked) edits[guide.Annotation] = edits[guide.ContainerNamesAnnotation] = null;
        }

        return edits;
    }

    private TemplatePlan Plan(Dictionary<string, string?> edits)
    {
        var change = TemplateChange.Of(live.Workload, [.. edits.Select(edit => new AnnotationEdit(edit.Key, edit.Value))]);
        return new(change, live.After(change), []);
    }

    private List<string> Injected(InjectedWorkload after) =>
    [
        .. after.Pods.SelectMany(pod => pod.Result.Decisions).Where(decision => decision.Reason == Reasons.Injected && wish.Covers(decision.Injector))
            .Select(decision => decision.Injector!).Distinct(StringComparer.Ordinal),
    ];

    private List<string> Denials(InjectedWorkload after)
    {
        var decisions = after.Pods.SelectMany(pod => pod.Result.Decisions).Where(decision => wish.Covers(decision.Injector)).ToList();
        var denied = decisions.Where(decision => decision.Reason == Reasons.OptOutDenied).ToList();
        if (denied.Count > 0) return [.. denied.Select(decision => decision.Message).Distinct(StringComparer.Ordinal)];
        return ["it would be injected all the same; 'kubectl spanhook explain' tells who asks for it"];
    }
}
