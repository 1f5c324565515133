using System.Globalization;

namespace Spanhook.Injection.Cluster;

/// <summary>Checks that several fields of a policy share.</summary>
internal static class PolicyFields
{
    /// <summary>Reads one of a few words, spelled like this; null when it is absent or none of them.</summary>
    public static T? OneOf<T>(string? text, string field, ProblemCollector problems, params (string Word, T Value)[] choices)
        where T : struct
    {
        if (text is null) return null;
        foreach (var (word, value) in choices)
        {
            if (word == text) return value;
        }

        var words = choices.Select(c => c.Word).ToList();
        problems.Error(field, $"'{text}' is not known; write {string.Join(", ", words[..^1])} or {words[^1]}");
        return null;
    }

    /// <summary>Reports a list that is longer than the schema lets it be.</summary>
    public static void CheckCount<T>(IReadOnlyCollection<T>? list, int max, string field, ProblemCollector problems)
    {
        if (list?.Count > max) problems.Error(field, string.Create(CultureInfo.InvariantCulture, $"has {list.Count} entries; write at most {max}"));
    }

    /// <summary>A field of a list.</summary>
    public static string At(string field, int index) => string.Create(CultureInfo.InvariantCulture, $"{field}[{index}]");
}
