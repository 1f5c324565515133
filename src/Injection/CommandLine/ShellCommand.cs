namespace Spanhook.Injection.CommandLine;

/// <summary>Words that start a shell, and where its script stands among them.</summary>
/// <param name="Script">The word that is the script; -1 when the shell reads a file or its input.</param>
/// <param name="Arguments">The first word behind the script, which is the script's <c>$0</c>.</param>
internal readonly record struct ShellCommand(int Script, int Arguments)
{
    /// <summary>Reads <c>sh -c SCRIPT</c>, <c>/bin/bash -lc -- SCRIPT NAME ARGUMENT</c> and the like; null when the first word is no shell.</summary>
    public static ShellCommand? Read(in CommandWords words)
    {
        if (words.Program(0) is not ("sh" or "bash" or "dash" or "ash" or "zsh" or "ksh" or "busybox")) return null;
        var takesScript = false;
        var index = words.Program(0) is "busybox" ? 2 : 1;
        while (index < words.Count)
        {
            var word = words[index];
            if (word is "--" && words.Word(index).IsWhole)
            {
                index++;
                break;
            }

            if (word.Length < 2 || word[0] is not ('-' or '+')) break;
            var isLong = word.StartsWith("--");
            takesScript |= !isLong && word[0] == '-' && word.Contains('c');

            // -o and -O take the name of an option: -euo pipefail -c.
            index += !isLong && word[^1] is 'o' or 'O' ? 2 : 1;
        }

        return takesScript && index < words.Count ? new(index, index + 1) : new(-1, words.Count);
    }
}
