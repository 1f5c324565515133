using Spanhook.Api.Meta;

namespace Spanhook.Injection.Cluster;

/// <summary>Evaluates label selectors as Kubernetes does.</summary>
public static class LabelSelectorMatcher
{
    public static readonly IReadOnlyList<string> Operators = ["In", "NotIn", "Exists", "DoesNotExist"];

    /// <summary>True when the selector is absent, empty, or every requirement holds. A label that is absent satisfies NotIn.</summary>
    /// <param name="selector">The selector.</param>
    /// <param name="label">Gives a label's value, or null when the object has no such label.</param>
    public static bool Matches(LabelSelector? selector, Func<string, string?> label) => FirstMismatch(selector, label) is null;

    /// <summary>True unless the one label that is known of the object rules it out.</summary>
    public static bool MayMatch(LabelSelector? selector, string key, string value) =>
        Requirements(selector).All(requirement => requirement.Key != key || Matches(requirement, value));

    /// <summary>The first requirement that does not hold; null when all do.</summary>
    public static LabelSelectorRequirement? FirstMismatch(LabelSelector? selector, Func<string, string?> label)
    {
        foreach (var requirement in Requirements(selector))
        {
            if (!Matches(requirement, label(requirement.Key))) return requirement;
        }

        return null;
    }

    /// <summary>A requirement as kubectl writes it: <c>app=cart</c>, <c>app in (a,b)</c>, <c>!app</c>.</summary>
    public static string Show(LabelSelectorRequirement requirement) => (requirement.Operator, requirement.Values ?? []) switch
    {
        ("In", [var only]) => $"{requirement.Key}={only}",
        ("NotIn", [var only]) => $"{requirement.Key}!={only}",
        ("In", var values) => $"{requirement.Key} in ({string.Join(',', values)})",
        ("NotIn", var values) => $"{requirement.Key} notin ({string.Join(',', values)})",
        ("Exists", _) => requirement.Key,
        _ => $"!{requirement.Key}",
    };

    private static IEnumerable<LabelSelectorRequirement> Requirements(LabelSelector? selector)
    {
        foreach (var (key, value) in selector?.MatchLabels ?? System.Collections.Frozen.FrozenDictionary<string, string>.Empty)
            yield return new() { Key = key, Operator = "In", Values = [value ?? ""] };
        foreach (var requirement in selector?.MatchExpressions ?? []) yield return requirement;
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
