using System.Text.Json;
using Spanhook.Api;

namespace Spanhook.Injection.Cluster.PodFieldRules;

/// <summary>Checks of single fields that go into pods. Absent ones are right.</summary>
internal static class PodFields
{
    public static void Check(FieldRule rule, JsonElement? value, string field, ProblemCollector problems)
    {
        if (value is { } element && element.IsPresent()) rule.Check(element, field, problems);
    }

    public static void CheckPullPolicy(string? policy, string field, ProblemCollector problems)
    {
        if (policy is not (null or "" or "Always" or "IfNotPresent" or "Never")) problems.Error(field, $"'{policy}' is not known; write Always, IfNotPresent or Never");
    }

    public static void CheckImage(string? image, string field, ProblemCollector problems)
    {
        if (image?.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)) == true) problems.Error(field, $"'{image}' is no image: it has a space; write for example registry.example/agent:1.0");
    }

    public static void CheckName(string? name, string what, string field, ProblemCollector problems)
    {
        if (!string.IsNullOrEmpty(name) && !KubernetesNames.IsSubdomain(name)) problems.Error(field, $"'{name}' is no name of {what}; {KubernetesNames.SubdomainHelp}");
    }
}
