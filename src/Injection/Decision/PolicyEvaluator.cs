using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Injection.Cluster;

namespace Spanhook.Injection.Decision;

/// <summary>Which policies cover a pod.</summary>
internal static class PolicyEvaluator
{
    private const string NamespaceNameLabel = "kubernetes.io/metadata.name";

    /// <summary>The policies whose selectors match, highest priority first; a policy in mode Off ends the list.</summary>
    public static IEnumerable<CompiledPolicy> Matching(ClusterSnapshot cluster, Pod pod, string ns)
    {
        if (cluster.Policies.Count == 0) yield break;
        var known = cluster.Namespace(ns);

        // The API server sets this label on every namespace; one that is not known yet can still be selected by its name.
        string? NamespaceLabel(string key) => known.Labels.GetValueOrDefault(key) ?? (key == NamespaceNameLabel ? ns : null);
        string? PodLabel(string key) => pod.Labels.Text(System.Text.Encoding.UTF8.GetBytes(key));

        foreach (var policy in cluster.Policies)
        {
            if (!LabelSelectorMatcher.Matches(policy.NamespaceSelector, NamespaceLabel) || !LabelSelectorMatcher.Matches(policy.PodSelector, PodLabel)) continue;
            if (policy.Mode == PolicyMode.Off) yield break;
            yield return policy;
        }
    }

    /// <summary>The best policy that carries a cluster default; null when there is none.</summary>
    public static CompiledPolicy? ClusterDefault(ClusterSnapshot cluster, Pod pod, string ns) =>
        Matching(cluster, pod, ns).FirstOrDefault(p => p.Instrumentation is not null);

    /// <summary>Whether a policy that enforces lists the namespace for privileged injection.</summary>
    public static bool AllowsPrivileged(ClusterSnapshot cluster, Pod pod, string ns) =>
        Matching(cluster, pod, ns).Any(p => p.Mode == PolicyMode.Enforce && p.AllowsPrivileged(ns));

}
