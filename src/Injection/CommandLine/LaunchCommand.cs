using Spanhook.Api;
using Spanhook.Api.Core;

namespace Spanhook.Injection.CommandLine;

/// <summary>How a container starts its process.</summary>
internal enum LaunchForm
{
    /// <summary>Neither command nor args: the image decides alone.</summary>
    ImageOnly,

    /// <summary>Only args: the image's entrypoint gets them.</summary>
    ArgsOnly,

    /// <summary>A command, with or without args: a list of words, no shell.</summary>
    ExecList,

    /// <summary>A shell that runs a script.</summary>
    Shell,
}

/// <summary>What a container runs, as the words that its process gets.</summary>
internal readonly record struct LaunchCommand(LaunchForm Form, IReadOnlyList<string> Words, int CommandLength)
{
    private static readonly string[] Shells = ["sh", "bash", "dash", "ash", "zsh", "ksh", "busybox"];

    private static readonly System.Buffers.SearchValues<char> VersionCharacters = System.Buffers.SearchValues.Create("0123456789.");

    public static LaunchCommand Read(Container container)
    {
        var words = new List<string>(container.Command.Count() + container.Args.Count());
        foreach (var word in container.Command.Items()) words.Add(word.AsText() ?? "");
        var commandLength = words.Count;
        foreach (var word in container.Args.Items()) words.Add(word.AsText() ?? "");
        var form = (words.Count, commandLength) switch
        {
            (0, _) => LaunchForm.ImageOnly,
            _ when Shells.Contains(BaseName(words[0]), StringComparer.Ordinal) || words[0].Contains(' ', StringComparison.Ordinal) => LaunchForm.Shell,
            (_, 0) => LaunchForm.ArgsOnly,
            _ => LaunchForm.ExecList,
        };
        return new(form, words, commandLength);
    }

    /// <summary>The program's name without its directory.</summary>
    public static string BaseName(string word) => word[(word.LastIndexOf('/') + 1)..];

    /// <summary>True for <c>python</c>, <c>python3</c>, <c>python3.12</c>.</summary>
    public static bool IsPython(string word) =>
        BaseName(word) is var name && name.StartsWith("python", StringComparison.Ordinal) && name.AsSpan(6).IndexOfAnyExcept(VersionCharacters) < 0;
}
