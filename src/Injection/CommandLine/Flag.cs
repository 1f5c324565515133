namespace Spanhook.Injection.CommandLine;

/// <summary>Options as Python's argparse reads them: dashes or underscores, <c>--a=b</c> or <c>--a b</c>, any unique prefix.</summary>
internal static class Flag
{
    /// <summary>True when one of the words is the option.</summary>
    /// <param name="words">The words of the command.</param>
    /// <param name="start">The first word to look at; the search ends at a bare <c>--</c>.</param>
    /// <param name="option">The option's full name, with dashes: <c>--otlp-traces-endpoint</c>.</param>
    /// <param name="shortest">The shortest prefix that means this option and no other.</param>
    public static bool IsSet(IReadOnlyList<string> words, int start, string option, string shortest)
    {
        var end = EndOfOptions(words, start);
        for (var i = start; i < end; i++)
        {
            if (Is(words[i], option, shortest)) return true;
        }

        return false;
    }

    /// <summary>Where options end: at a bare <c>--</c>, else behind the last word.</summary>
    public static int EndOfOptions(IReadOnlyList<string> words, int start)
    {
        for (var i = start; i < words.Count; i++)
        {
            if (words[i] == "--") return i;
        }

        return words.Count;
    }

    private static bool Is(string word, string option, string shortest)
    {
        if (!word.StartsWith("--", StringComparison.Ordinal)) return false;
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        var name = (equals < 0 ? word : word[..equals]).Replace('_', '-');
        return name.Length >= shortest.Length && option.StartsWith(name, StringComparison.Ordinal);
    }
}
