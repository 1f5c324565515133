using Spanhook.Api.Policy;
using Spanhook.Injection.Cluster.PodFieldRules;

namespace Spanhook.Injection.Cluster;

/// <summary>The fields that say what a tenant may choose: <c>limits</c>, <c>privilegedInjection</c>.</summary>
internal static class PolicyLimits
{
    private const int MaxEndpoints = 64;
    private const int MaxNamespaces = 256;

    public static bool? EndpointOverride(LimitsSection? limits, ProblemCollector problems)
    {
        var allowed = PolicyFields.OneOf(limits?.EndpointOverride, "limits.endpointOverride", problems, ("Denied", false), ("Allowed", true));
        if (allowed == true && limits!.AllowedEndpoints is not { Count: > 0 })
            problems.Warn("limits.allowedEndpoints", "is empty: no endpoint may be chosen unless another policy lists some; write hosts or their endings, for example .observability.svc");
        return allowed;
    }

    public static IReadOnlyList<string>? AllowedEndpoints(LimitsSection? limits, ProblemCollector problems)
    {
        if (limits?.AllowedEndpoints is not { } hosts) return null;
        PolicyFields.CheckCount(hosts, MaxEndpoints, "limits.allowedEndpoints", problems);
        for (var i = 0; i < hosts.Count; i++)
        {
            if (!IsHost(hosts[i] ?? ""))
                problems.Error(PolicyFields.At("limits.allowedEndpoints", i), $"'{hosts[i]}' is no host; write a host or its ending without scheme and port, for example .observability.svc");
        }

        if (hosts.Count > 0 && limits.EndpointOverride == "Denied") problems.Warn("limits.allowedEndpoints", "has no effect: limits.endpointOverride is Denied");
        return hosts;
    }

    public static IReadOnlyList<string> PrivilegedNamespaces(PrivilegedInjectionSection? section, ProblemCollector problems)
    {
        var names = section?.AllowedNamespaces ?? [];
        PolicyFields.CheckCount(names, MaxNamespaces, "privilegedInjection.allowedNamespaces", problems);
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i] != "*" && !KubernetesNames.IsLabel(names[i] ?? ""))
                problems.Error(PolicyFields.At("privilegedInjection.allowedNamespaces", i), $"'{names[i]}' is no name of a Namespace; write the whole name, or \"*\" for all");
        }

        return names;
    }

    // Lower case as host names are compared; a leading dot is allowed, because people write endings like that.
    private static bool IsHost(string text) => KubernetesNames.IsSubdomain(text.StartsWith('.') ? text.AsSpan(1) : text) && text.Length <= 253;
}
