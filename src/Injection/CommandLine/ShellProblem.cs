namespace Spanhook.Injection.CommandLine;

internal enum ShellProblemKind
{
    None,
    Unreadable,
    UnclosedQuote,
    UnclosedHereDocument,
    Ambiguous,
    TooDeep,
    NulCharacter,
    VariableCommand,
    ArrayCommand,
    ArgumentsCommand,
    OutputCommand,
    StartedBy,
    OtherScript,
    StandardInput,
    HereDocument,
    OutputTaken,
    ProcessSubstitution,
    Placeholder,
    OutputWord,
    Alias,
    Function,
    SeveralEngines,
}

/// <summary>Why a script cannot be extended, and the part of it that shows it.</summary>
internal readonly record struct ShellProblem(ShellProblemKind Kind, int Start = 0, int End = 0)
{
    private const int LongestShown = 60;

    /// <summary>The end of the sentence "the engine's command line cannot be extended safely: …".</summary>
    public string Describe(ReadOnlySpan<char> text) => Kind switch
    {
        ShellProblemKind.UnclosedQuote => "a quote or bracket of its shell script is not closed",
        ShellProblemKind.UnclosedHereDocument => "a here-document of its shell script is not closed, or its end cannot be told",
        ShellProblemKind.Ambiguous => "its shell script is read differently by different shells",
        ShellProblemKind.TooDeep => "its shell script is nested too deeply or defines too much",
        ShellProblemKind.NulCharacter => "its shell script contains a NUL character",
        ShellProblemKind.VariableCommand => $"its command is the variable {Variable(text)}",
        ShellProblemKind.ArrayCommand => $"its command is the array {Variable(text)}",
        ShellProblemKind.ArgumentsCommand => "its command is the script's own arguments",
        ShellProblemKind.OutputCommand => "its command is the output of another command",
        ShellProblemKind.StartedBy => $"it is started by {Shown(text)}",
        ShellProblemKind.OtherScript => $"it is started by another script, {Shown(text)}",
        ShellProblemKind.StandardInput => $"it is started by {Shown(text)}, which reads its commands from standard input",
        ShellProblemKind.HereDocument => "its command stands in a here-document",
        ShellProblemKind.OutputTaken => "its output is taken by a substitution",
        ShellProblemKind.ProcessSubstitution => "its command line has a process substitution",
        ShellProblemKind.Placeholder => "its command line has a placeholder in angle brackets",
        ShellProblemKind.OutputWord => "its model is the output of another command",
        ShellProblemKind.Alias => "its shell script defines aliases, or functions in an eval",
        ShellProblemKind.Function => $"{Shown(text)} is a function of its shell script",
        ShellProblemKind.SeveralEngines => "its shell script starts more than one engine",
        _ => "its shell script cannot be read",
    };

    /// <summary>The variable's name. Not what stands around it: a default or an option may be a secret.</summary>
    private string Variable(ReadOnlySpan<char> text)
    {
        var part = text[Start..End];
        var name = part[(part.IndexOf('$') + 1)..].TrimStart("{(!#");
        var length = 0;
        while (length < name.Length && (char.IsAsciiLetterOrDigit(name[length]) || name[length] == '_')) length++;
        return $"${name[..Math.Min(length, LongestShown)]}";
    }

    /// <summary>The part of the script, short and on one line.</summary>
    private string Shown(ReadOnlySpan<char> text)
    {
        var part = text[Start..End];
        var cut = part.Length > LongestShown;
        if (cut) part = part[..LongestShown];
        return string.Create(part.Length + (cut ? 1 : 0), part, static (shown, part) =>
        {
            for (var i = 0; i < part.Length; i++) shown[i] = char.IsControl(part[i]) || char.IsSurrogate(part[i]) ? ' ' : part[i];
            if (shown.Length > part.Length) shown[^1] = '…';
        });
    }
}
