using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Spanhook.Cli;

/// <summary>A command that has more to say in its own help than fits in the list of commands.</summary>
internal interface IHelpNotes
{
    string HelpNotes { get; }
}

/// <summary>The usual help, followed by the command's notes.</summary>
internal sealed class NotedHelpAction(HelpAction usual) : SynchronousCommandLineAction
{
    // As the usual help: it is shown even when something required is missing.
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var configuration = parseResult.InvocationConfiguration;
        var output = configuration.Output;
        using var help = new StringWriter { NewLine = "\n" };
        configuration.Output = help;
        var code = usual.Invoke(parseResult);
        configuration.Output = output;
        if (parseResult.CommandResult.Command is IHelpNotes noted) help.Write(noted.HelpNotes.ReplaceLineEndings("\n") + "\n");

        // By the name that people type, which is not that of the file; and without the blanks at which lines were broken.
        foreach (var line in help.ToString().TrimEnd('\n').Split('\n'))
            output.Write(line.Replace($"  {RootCommand.ExecutableName} ", "  kubectl spanhook ", StringComparison.Ordinal).TrimEnd() + "\n");
        return code;
    }
}
