using Spanhook.Cli.Injecting;
using Spanhook.Injection.Decision;

namespace Spanhook.Cli.Enabling;

/// <summary>A change of a template, what comes of it, and what speaks against it.</summary>
/// <param name="Change">What is patched; perhaps nothing.</param>
/// <param name="After">What is decided on the pods then.</param>
/// <param name="Refusals">Sentences; empty when nothing speaks against it.</param>
internal sealed record TemplatePlan(TemplateChange Change, InjectedWorkload After, IReadOnlyList<string> Refusals);

/// <summary>Plans that a workload asks for injection.</summary>
/// <param name="live">The workload.</param>
/// <param name="wishes">What it asks for.</param>
internal sealed class EnablePlan(LiveTemplate live, IReadOnlyList<Wish> wishes)
{
    /// <summary><c>true</c>, or the Instrumentation: NAME, or NAMESPACE/NAME.</summary>
    public string Value { get; init; } = "true";

    /// <summary>Empty for the default ones.</summary>
    public IReadOnlyList<string> Containers { get; init; } = [];

    public TemplatePlan Make()
    {
        var edits = new List<AnnotationEdit>();
        foreach (var guide in wishes.SelectMany(wish => wish.Guides))
        {
            edits.Add(new(guide.Annotation, Value));
            if (Containers.Count > 0) edits.Add(new(guide.ContainerNamesAnnotation, string.Join(',', Containers)));
        }

        var change = TemplateChange.Of(live.Workload, edits);
        var after = live.After(change);
        return new(change, after, Refusals(after));
    }

    /// <summary>Each wish must come true in one template at least: of a leader and its workers often only one runs the engine.</summary>
    private List<string> Refusals(InjectedWorkload after)
    {
        if (live.Gate.Passed == false) return [live.Gate.Text];
        var decisions = after.Pods.SelectMany(pod => pod.Result.Decisions).ToList();
        return
        [
            .. wishes.Where(wish => !decisions.Exists(decision => decision.Reason == Reasons.Injected && wish.Covers(decision.Injector)))
                .SelectMany(wish => decisions.Where(decision => decision.Injector is null || wish.Covers(decision.Injector)).Select(decision => decision.Message))
                .Distinct(StringComparer.Ordinal),
        ];
    }
}
