using System.CommandLine;
using System.CommandLine.Help;
using Spanhook.Cli.Commands;
using Spanhook.Cli.Connection;
using Spanhook.Manifests;

namespace Spanhook.Cli;

/// <summary>The commands, and what every one of them does about bad usage and bad input.</summary>
internal static class CommandLine
{
    // A file name that begins with '@' is a file name.
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    public static int Run(IReadOnlyList<string> args, Terminal terminal)
    {
        var root = Root(terminal);
        root.SetAction(parsed => new HelpAction().Invoke(parsed));
        foreach (var help in root.Options.OfType<HelpOption>()) help.Action = new NotedHelpAction(new HelpAction { MaxWidth = terminal.Width });

        var result = root.Parse(args, Parsing);
        if (result.Errors.Count > 0 && result.Action is not NotedHelpAction)
        {
            foreach (var error in result.Errors) terminal.Error($"{error.Message} See '{PathOf(result.CommandResult.Command)} --help'.");
            return ExitCodes.BadInput;
        }

        try
        {
            return result.Invoke(new InvocationConfiguration { Output = terminal.Out, Error = TextWriter.Null, EnableDefaultExceptionHandler = false });
        }
        catch (ManifestException e)
        {
            foreach (var problem in e.Problems) terminal.Error(problem.ToString());
            return ExitCodes.BadInput;
        }
        catch (ClusterException e)
        {
            terminal.Error(e.Message);
            return ExitCodes.NoCluster;
        }
    }

    private static RootCommand Root(Terminal terminal) => new("Adds OpenTelemetry tracing to workloads: what the Spanhook webhook does to pods, done to manifests.")
    {
        new InjectCommand(terminal),
        new ExplainCommand(terminal),
        new DiffCommand(terminal),
        new EnableCommand(terminal),
        new DisableCommand(terminal),
        new InjectorsCommand(terminal),
        new ExportCommand(terminal),
        new ReasonsCommand(terminal),
        new StatusCommand(terminal),
        new RestartCommand(terminal),
        new CheckCommand(terminal),
        new OffCommand(terminal),
        new OnCommand(terminal),
        new VersionCommand(terminal),
    };

    private static string PathOf(Command command) => command is RootCommand || command.Parents.FirstOrDefault() is not Command parent ? "kubectl spanhook" : $"{PathOf(parent)} {command.Name}";
}
