using Spanhook.Api.Meta;

namespace Spanhook.Injection.Cluster;

/// <summary>Evaluates label selectors as Kubernetes does.</summary>
public static class LabelSelectorMatcher
{
    public static readonly IReadOnlyList<string> Operators = ["In", "NotIn", "Exists", "DoesNotExist"];

    /// <summary>True when the selector is absent, empty, or every requirement holds. A label that is absent satisfies NotIn.</summary>
    /// <param name="selector">The selector.</param>
    /// <param name="label">Gives a label's value, or null when the object has no such label.</param>
    public static bool Matches(LabelSelector? selector, Func<string, string?> label)
    {
        if (selector is null) return true;
        foreach (var (key, value) in selector.MatchLabels ?? System.Collections.Frozen.FrozenDictionary<string, string>.Empty)
        {
            if (label(key) != value) return false;
        }

        foreach (var requirement in selector.MatchExpressions ?? [])
        {
            if (!Matches(requirement, label(requirement.Key))) return false;
        }

        return true;
    }

    private static bool Matches(LabelSelectorRequirement requirement, string? value) => requirement.Operator switch
    {
        "In" => value is not null && Contains(requirement, value),
        "NotIn" => value is null || !Contains(requirement, value),
        "Exists" => value is not null,
        "DoesNotExist" => value is null,
        _ => false,
    };

    private static bool Contains(LabelSelectorRequirement requirement, string value) =>
        requirement.Values is { } values && values.Contains(value, StringComparer.Ordinal);
}
