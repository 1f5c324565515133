using Spanhook.Api.Core;
using Spanhook.Injection.Cluster;

namespace Spanhook.Injection.Decision;

/// <summary>Which policies cover a pod.</summary>
internal static class PolicyEvaluator
{
    /// <summary>The policies whose selectors match, merged; a policy in mode Off ends their list.</summary>
    public static MatchedPolicies Match(ClusterSnapshot cluster, Pod pod, string ns) => cluster.Policies.Match(cluster.Namespace(ns), ns, pod.Labels);

    /// <summary>The same, of a pod in a namespace whose labels have not arrived yet: every policy that may cover it.</summary>
    public static MatchedPolicies MatchUnknown(ClusterSnapshot cluster, Pod pod, string ns) => cluster.Policies.MatchUnknown(ns, pod.Labels);
}
