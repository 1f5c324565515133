namespace Spanhook.Injection.Cluster;

/// <summary>Guesses what somebody meant who mistyped one of several words.</summary>
internal static class Nearest
{
    // A third of the word may be wrong; the words are short, and so is what is compared with them.
    private const int LongestWord = 40;

    /// <summary>The candidate that is nearest, whatever its case; null when none is near.</summary>
    public static string? Of(string word, IEnumerable<string> candidates)
    {
        if (word.Length is 0 or > LongestWord) return null;
        var lower = word.ToLowerInvariant();
        var best = candidates.Select(c => (Word: c, Distance: Distance(lower, c.ToLowerInvariant()))).MinBy(c => c.Distance);
        return best.Word is not null && best.Distance <= Math.Max(1, Math.Max(word.Length, best.Word.Length) / 3) ? best.Word : null;
    }

    /// <summary>As the end of a message: <c>; did you mean vllm?</c>, or nothing.</summary>
    public static string Hint(string word, IEnumerable<string> candidates) => Of(word, candidates) is { } near ? $"; did you mean {near}?" : "";

    // Levenshtein's.
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
