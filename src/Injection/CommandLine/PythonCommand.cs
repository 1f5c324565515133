namespace Spanhook.Injection.CommandLine;

/// <summary>Python's command line: <c>python3 -u -m MODULE ARGUMENT…</c>.</summary>
internal static class PythonCommand
{
    private static readonly System.Buffers.SearchValues<char> VersionCharacters = System.Buffers.SearchValues.Create("0123456789.");

    /// <summary>The place of the module that Python runs; -1 when the program is not Python or runs no module.</summary>
    public static int ModuleOf(in CommandWords words)
    {
        if (!IsPython(words.Program(0))) return -1;
        for (var i = 1; i < words.Count && words[i].StartsWith('-'); i++)
        {
            if (words.Is(i, "-m")) return i + 1 < words.Count && words.Word(i + 1).IsWhole ? i + 1 : -1;
            if (words.Is(i, "-c")) return -1;
            if (words.Is(i, "-X") || words.Is(i, "-W")) i++;
        }

        return -1;
    }

    /// <summary>True for <c>python</c>, <c>python3</c>, <c>python3.12</c>.</summary>
    public static bool IsPython(ReadOnlySpan<char> program) => program.StartsWith("python") && program[6..].IndexOfAnyExcept(VersionCharacters) < 0;
}
