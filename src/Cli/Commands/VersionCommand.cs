using System.CommandLine;
using System.Reflection;
using System.Text.Json.Nodes;
using Spanhook.Manifests;
using Shared = Spanhook.Cli.Options;

namespace Spanhook.Cli.Commands;

/// <summary><c>version</c>.</summary>
internal sealed class VersionCommand : Command
{
    private readonly Option<string> _output = Shared.Output("text for people, json for programs.", "text", "json");

    public VersionCommand(Terminal terminal)
        : base("version", "Prints the version, and the revision it was built from where that is known.")
    {
        Add(_output);
        SetAction(parsed => Run(terminal, parsed));
    }

    private int Run(Terminal terminal, ParseResult parsed)
    {
        var text = typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
        var (version, revision) = text.Split('+', 2) is [var number, var commit] ? (number, commit) : (text, null);
        if (parsed.GetRequiredValue(_output) == "json") terminal.Out.Write(ManifestWriter.ToJson(new JsonObject { ["version"] = version, ["revision"] = revision }));
        else terminal.Out.Write($"kubectl-spanhook {version}{(revision is null ? "" : $" ({revision})")}\n");
        return ExitCodes.Done;
    }
}
