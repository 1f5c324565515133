using Spanhook.Api.Meta;
using Spanhook.Injection.Cluster.PodFieldRules;

namespace Spanhook.Injection.Cluster;

/// <summary>What Kubernetes asks of a label selector, which the schema of another resource does not check by itself.</summary>
internal static class SelectorChecks
{
    private const int MaxRequirements = 32;
    private const int MaxValues = 128;
    private const string ValueHelp = "write at most 63 letters, digits, '-', '_' and '.', beginning and ending with a letter or digit";

    public static void Check(LabelSelector? selector, string field, ProblemCollector problems)
    {
        if (selector is null) return;
        PolicyFields.CheckCount(selector.MatchLabels, MaxRequirements, $"{field}.matchLabels", problems);
        PolicyFields.CheckCount(selector.MatchExpressions, MaxRequirements, $"{field}.matchExpressions", problems);
        foreach (var (key, value) in selector.MatchLabels ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            CheckKey(key, $"{field}.matchLabels", problems);
            CheckValue(value, $"{field}.matchLabels.{key}", problems);
        }

        for (var i = 0; i < selector.MatchExpressions?.Count; i++) Check(selector.MatchExpressions[i], PolicyFields.At($"{field}.matchExpressions", i), problems);
    }

    private static void Check(LabelSelectorRequirement? requirement, string field, ProblemCollector problems)
    {
        if (requirement is null)
        {
            problems.Error(field, "is empty; write key, operator and, with In and NotIn, values");
            return;
        }

        CheckKey(requirement.Key, $"{field}.key", problems);
        if (!LabelSelectorMatcher.Operators.Contains(requirement.Operator, StringComparer.Ordinal))
            problems.Error($"{field}.operator", $"operator '{requirement.Operator}' is not known; write one of {string.Join(", ", LabelSelectorMatcher.Operators)}");
        else if (requirement.Operator is "In" or "NotIn" && requirement.Values is not { Count: > 0 })
            problems.Error($"{field}.values", $"operator {requirement.Operator} on '{requirement.Key}' needs values");
        else if (requirement.Operator is "Exists" or "DoesNotExist" && requirement.Values is { Count: > 0 })
            problems.Error($"{field}.values", $"operator {requirement.Operator} on '{requirement.Key}' takes no values; remove them, or write In or NotIn");
        PolicyFields.CheckCount(requirement.Values, MaxValues, $"{field}.values", problems);
        foreach (var value in requirement.Values ?? []) CheckValue(value, $"{field}.values", problems);
    }

    private static void CheckKey(string key, string field, ProblemCollector problems)
    {
        if (!KubernetesNames.IsQualifiedName(key)) problems.Error(field, $"'{key}' is no key of a label; {KubernetesNames.QualifiedHelp}");
    }

    private static void CheckValue(string? value, string field, ProblemCollector problems)
    {
        if (value is null || !KubernetesNames.IsLabelValue(value)) problems.Error(field, $"'{value}' is no value of a label; {ValueHelp}");
    }
}
