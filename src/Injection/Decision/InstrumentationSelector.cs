using Spanhook.Injection.Cluster;
using Spanhook.Injection.Injectors;

namespace Spanhook.Injection.Decision;

/// <summary>Which Instrumentation is used. Whichever it is, it is used as it is: what it leaves unset is the SDK's default, and no policy fills it in.</summary>
internal sealed class InstrumentationSelector(PodFacts facts, MatchedPolicies matched, CrossNamespace crossNamespace)
{
    /// <summary>
    /// What an annotation means:
    /// <list type="table">
    /// <item><term><c>true</c></term><description>the namespace's only Instrumentation; of several the one annotated as default; without any, what the matching policies carry together</description></item>
    /// <item><term><c>NAME</c></term><description>that one of the pod's namespace</description></item>
    /// <item><term><c>NAMESPACE/NAME</c></term><description>that one, if it is shared with the pod's namespace</description></item>
    /// </list>
    /// </summary>
    public InstrumentationChoice ByAnnotation(string annotation)
    {
        if (RequestAnnotations.IsTrue(annotation)) return Default();
        var ns = facts.Namespace;
        var slash = annotation.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 || annotation[..slash] == ns
            ? Found(facts.Cluster.Instrumentation(new(ns, annotation[(slash + 1)..])), $"{ns} has none named {annotation[(slash + 1)..]}")
            : Foreign(annotation, annotation[..slash], annotation[(slash + 1)..]);
    }

    /// <summary>What a policy injects with: what the matching policies carry together, else what <c>true</c> means in the namespace.</summary>
    public InstrumentationChoice ByPolicy() =>
        facts.PolicySettings.Instrumentation is { } merged ? new(merged) { Why = ChosenBecause.PoliciesCarryIt } : Default();

    private InstrumentationChoice Default()
    {
        var ns = facts.Namespace;
        var own = facts.Cluster.InstrumentationsOf(ns);
        if (own.Count == 1) return new(own[0]) { Why = ChosenBecause.ItIsTheOnlyOne };
        if (own.Count > 1)
        {
            var defaults = own.Where(i => i.IsDefault).ToList();
            return defaults.Count == 1
                ? new(defaults[0]) { Why = ChosenBecause.ItIsTheDefault }
                : new(null, new(Reasons.InstrumentationAmbiguous, string.Join(", ", own.Select(i => i.Key.Name))));
        }

        if (facts.PolicySettings.Instrumentation is { } merged) return new(merged) { Why = ChosenBecause.PoliciesCarryIt };
        return matched is { Off: { } off, WithoutOff.Instrumentation: { } hidden }
            ? new(null, new(Reasons.PolicyOff, $"{ns} has no Instrumentation, and TracingPolicy {off.Name} hides that of {hidden.Source}"))
            : new(null, new(Reasons.InstrumentationNotFound, $"{ns} has none"));
    }

    // Whether an object of another namespace exists is told to nobody whom it is not shared with.
    private InstrumentationChoice Foreign(string annotation, string foreign, string name)
    {
        var found = facts.Cluster.Instrumentation(new(foreign, name));
        if (crossNamespace == CrossNamespace.Any) return Found(found, $"there is no {annotation}");
        return found?.IsSharedWith(facts.Namespace) == true
            ? new(found)
            : new(null, new(Reasons.InstrumentationNotShared, $"if {annotation} exists, its owner can add the annotation {Annotations.AllowedNamespaces}: \"{facts.Namespace}\""));
    }

    private static InstrumentationChoice Found(CompiledInstrumentation? found, string otherwise) =>
        found is null ? new(null, new(Reasons.InstrumentationNotFound, otherwise)) : new(found);
}

/// <summary>The chosen resource, or why there is none.</summary>
internal readonly record struct InstrumentationChoice(CompiledInstrumentation? Instrumentation, Refusal? Refusal = null)
{
    public ChosenBecause Why { get; init; }
}

/// <summary>Why a resource was chosen.</summary>
internal enum ChosenBecause
{
    TheAnnotationNamesIt,
    ItIsTheOnlyOne,
    ItIsTheDefault,
    PoliciesCarryIt,
}
