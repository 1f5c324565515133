namespace Spanhook.Injection.CommandLine;

/// <summary>Options as Python's argparse reads them: dashes or underscores, <c>--a=b</c> or <c>--a b</c>, any unique prefix.</summary>
internal static class Option
{
    /// <summary>True when one of the words is the option; the search ends at a bare <c>--</c>.</summary>
    /// <param name="words">The words of the command.</param>
    /// <param name="first">The first word to look at.</param>
    /// <param name="option">The option's full name, with dashes: <c>--otlp-traces-endpoint</c>.</param>
    /// <param name="shortest">The shortest prefix that means this option and no other.</param>
    public static bool IsSet(in CommandWords words, int first, ReadOnlySpan<char> option, ReadOnlySpan<char> shortest) => IndexOf(words, first, option, shortest) >= 0;

    /// <summary>As Go's flag package reads it: whole, with two dashes or one.</summary>
    public static bool IsSetInGo(in CommandWords words, int first, ReadOnlySpan<char> option) =>
        IsSet(words, first, option, option) || IsSet(words, first, option[1..], option[1..]);

    /// <summary>The place of the option's word; -1 when it is not there.</summary>
    public static int IndexOf(in CommandWords words, int first, ReadOnlySpan<char> option, ReadOnlySpan<char> shortest)
    {
        for (var i = first; i < words.Count && !words.Is(i, "--"); i++)
        {
            if (Is(words[i], option, shortest)) return i;
        }

        return -1;
    }

    /// <summary>Where options end: at a bare <c>--</c>, else behind the last word.</summary>
    public static int End(in CommandWords words, int first)
    {
        for (var i = first; i < words.Count; i++)
        {
            if (words.Is(i, "--")) return i;
        }

        return words.Count;
    }

    /// <summary>True when the word is the option, with or without a value.</summary>
    public static bool Is(ReadOnlySpan<char> word, ReadOnlySpan<char> option, ReadOnlySpan<char> shortest)
    {
        var equals = word.IndexOf('=');
        var name = equals < 0 ? word : word[..equals];
        if (name.Length < shortest.Length || name.Length > option.Length) return false;
        for (var i = 0; i < name.Length; i++)
        {
            // The first two are dashes in either spelling.
            if (name[i] != option[i] && (i < 2 || name[i] != '_' || option[i] != '-')) return false;
        }

        return true;
    }
}
