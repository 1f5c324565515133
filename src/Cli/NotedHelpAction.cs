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
        var code = usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is IHelpNotes noted) parseResult.InvocationConfiguration.Output.Write(noted.HelpNotes.ReplaceLineEndings("\n") + "\n");
        return code;
    }
}
