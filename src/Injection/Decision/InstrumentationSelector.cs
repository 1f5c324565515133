using Spanhook.Api.Core;
using Spanhook.Injection.Cluster;

namespace Spanhook.Injection.Decision;

/// <summary>Which Instrumentation an annotation means.</summary>
internal static class InstrumentationSelector
{
    /// <summary>
    /// <list type="table">
    /// <item><term><c>true</c></term><description>the namespace's only Instrumentation; of several the one annotated as default; without any, the cluster default of the best matching policy</description></item>
    /// <item><term><c>NAME</c></term><description>that one of the pod's namespace</description></item>
    /// <item><term><c>NAMESPACE/NAME</c></term><description>that one, if it is shared with the pod's namespace</description></item>
    /// </list>
    /// </summary>
    public static InstrumentationChoice Select(string annotation, Pod pod, string ns, ClusterSnapshot cluster, CrossNamespace crossNamespace)
    {
        if (RequestAnnotations.IsTrue(annotation)) return SelectDefault(pod, ns, cluster);
        var slash = annotation.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 || annotation[..slash] == ns
            ? Found(cluster.Instrumentation(new(ns, annotation[(slash + 1)..])), $"{ns} has none named {annotation[(slash + 1)..]}")
            : SelectForeign(annotation, annotation[..slash], annotation[(slash + 1)..], ns, cluster, crossNamespace);
    }

    private static InstrumentationChoice SelectDefault(Pod pod, string ns, ClusterSnapshot cluster)
    {
        var own = cluster.InstrumentationsOf(ns);
        if (own.Count == 1) return new(own[0]);
        if (own.Count > 1)
        {
            var defaults = own.Where(i => i.IsDefault).ToList();
            return defaults.Count == 1
                ? new(defaults[0])
                : new(null, new(Reasons.InstrumentationAmbiguous, string.Join(", ", own.Select(i => i.Key.Name))));
        }

        return PolicyEvaluator.ClusterDefault(cluster, pod, ns) is { } policy
            ? new(policy.Instrumentation, IsAudit: policy.Mode == PolicyMode.Audit)
            : new(null, new(Reasons.InstrumentationNotFound, $"{ns} has none"));
    }

    // Whether an object of another namespace exists is told to nobody whom it is not shared with.
    private static InstrumentationChoice SelectForeign(string annotation, string foreign, string name, string ns, ClusterSnapshot cluster, CrossNamespace crossNamespace)
    {
        var found = cluster.Instrumentation(new(foreign, name));
        if (crossNamespace == CrossNamespace.Any) return Found(found, $"there is no {annotation}");
        return found?.IsSharedWith(ns) == true
            ? new(found)
            : new(null, new(Reasons.InstrumentationNotShared, $"if {annotation} exists, its owner can add the annotation {Annotations.AllowedNamespaces}: \"{ns}\""));
    }

    private static InstrumentationChoice Found(CompiledInstrumentation? found, string otherwise) =>
        found is null ? new(null, new(Reasons.InstrumentationNotFound, otherwise)) : new(found);
}

/// <summary>The chosen resource, or why there is none.</summary>
internal readonly record struct InstrumentationChoice(CompiledInstrumentation? Instrumentation, Injectors.Refusal? Refusal = null, bool IsAudit = false);
