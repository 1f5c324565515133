using System.CommandLine;
using System.Text.Json.Nodes;
using Spanhook.Cli.Reporting;
using Spanhook.Injection.Injectors;
using Spanhook.Manifests;
using Shared = Spanhook.Cli.Options;

namespace Spanhook.Cli.Commands;

/// <summary><c>injectors</c>: what can be injected, and the annotation that asks for it.</summary>
internal sealed class InjectorsCommand : Command
{
    private const string Prefix = "instrumentation.opentelemetry.io/";

    private readonly Option<string> _output = Shared.Output("table for people, json for programs.", "table", "json");

    public InjectorsCommand(Terminal terminal)
        : base("injectors", "Lists what can be injected, with the annotations of a pod or namespace that ask for it and choose its containers.")
    {
        Add(_output);
        SetAction(parsed => Run(terminal, parsed));
    }

    private int Run(Terminal terminal, ParseResult parsed)
    {
        var rows = InjectorCatalog.Names.Select(name => (Name: name, Inject: $"{Prefix}inject-{name}", Containers: $"{Prefix}{name}-container-names")).ToArray();
        if (parsed.GetRequiredValue(_output) == "json")
        {
            terminal.Out.Write(ManifestWriter.ToJson(new JsonArray([.. rows.Select(row => new JsonObject
            {
                ["name"] = row.Name,
                ["annotation"] = row.Inject,
                ["containerNamesAnnotation"] = row.Containers,
            })])));
            return ExitCodes.Done;
        }

        TextTable.Write(terminal, ["NAME", "ANNOTATION", "CONTAINERS"], [.. rows.Select(row => (IReadOnlyList<string>)[row.Name, row.Inject, row.Containers])]);
        return ExitCodes.Done;
    }
}
