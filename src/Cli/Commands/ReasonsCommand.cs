using System.CommandLine;
using System.Text.Json.Nodes;
using Spanhook.Cli.Reporting;
using Spanhook.Injection.Decision;
using Spanhook.Manifests;
using Shared = Spanhook.Cli.Options;

namespace Spanhook.Cli.Commands;

/// <summary><c>reasons</c>: the closed list of reasons that reports, warnings, audit annotations and metrics name.</summary>
internal sealed class ReasonsCommand : Command
{
    private readonly Option<string> _output = Shared.Output("table for people, json for programs.", "table", "json");

    public ReasonsCommand(Terminal terminal)
        : base("reasons", "Lists every reason for which a pod is injected or not, as reports, admission warnings, audit annotations and metrics name them.")
    {
        Add(_output);
        SetAction(parsed => Run(terminal, parsed));
    }

    private int Run(Terminal terminal, ParseResult parsed)
    {
        var rows = Reasons.All.Select(reason => (reason.Code, Severity: reason.Severity == Severity.Warning ? "warning" : "info", reason.Sentence)).ToArray();
        if (parsed.GetRequiredValue(_output) == "json")
        {
            terminal.Out.Write(ManifestWriter.ToJson(new JsonArray([.. rows.Select(row => new JsonObject
            {
                ["code"] = row.Code,
                ["severity"] = row.Severity,
                ["sentence"] = row.Sentence,
            })])));
            return ExitCodes.Done;
        }

        TextTable.Write(terminal, ["CODE", "SEVERITY", "SENTENCE"], [.. rows.Select(row => (IReadOnlyList<string>)[row.Code, row.Severity, row.Sentence])]);
        return ExitCodes.Done;
    }
}
