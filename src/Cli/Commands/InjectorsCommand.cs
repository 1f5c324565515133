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

    // In the order in which they run; inject-engine is none of them, but the one that most people want.
    private static IEnumerable<InjectorGuide> Guides => [.. InjectorGuide.All, InjectorGuide.AnyEngine];

    private readonly Option<string> _output = Shared.Output("table for people, json for programs.", "table", "json");

    public InjectorsCommand(Terminal terminal)
        : base("injectors", "Lists what can be injected, with the annotations of a pod or namespace that ask for it and choose its containers.")
    {
        Add(_output);
        SetAction(parsed => Run(terminal, parsed));
    }

    private int Run(Terminal terminal, ParseResult parsed)
    {
        if (parsed.GetRequiredValue(_output) == "json") terminal.Out.Write(ManifestWriter.ToJson(new JsonArray([.. Guides.Select(ToJson)])));
        else TextTable.Write(terminal, ["NAME", "KIND", "VERSIONS", "ADDS", $"ANNOTATION {Prefix}…"], [.. Guides.Select(ToRow)]);
        return ExitCodes.Done;
    }

    // Without the prefix, which all annotations share, a row fits on most screens; json has it whole.
    private static string[] ToRow(InjectorGuide guide) =>
        [guide.Name, Kind(guide), guide.Versions ?? "-", Switch(guide), guide.Annotation.StartsWith(Prefix, StringComparison.Ordinal) ? guide.Annotation[Prefix.Length..] : guide.Annotation];

    private static JsonObject ToJson(InjectorGuide guide)
    {
        var item = new JsonObject
        {
            ["name"] = guide.Name,
            ["kind"] = Kind(guide),
            ["annotation"] = guide.Annotation,
            ["containerNamesAnnotation"] = guide.ContainerNamesAnnotation,
        };
        AddIfKnown("product", guide.Product);
        AddIfKnown("versions", guide.Versions);
        AddIfKnown("switch", guide.Switch);
        AddIfKnown("adds", guide.Adds ?? (guide.IsEngine ? null : string.Join(", ", AddedParts.Of(guide.Name))));
        if (guide.Protocols.Count > 0) item["protocols"] = new JsonArray([.. guide.Protocols.Select(protocol => JsonValue.Create(protocol))]);
        AddIfKnown("limits", guide.Limits);
        if (guide.IsOptIn) item["onlyByItsOwnAnnotation"] = true;
        return item;

        void AddIfKnown(string name, string? value)
        {
            if (value is not null) item[name] = value;
        }
    }

    /// <summary>What tells most in one word: an engine's option or variable, a language's first variable or its container.</summary>
    private static string Switch(InjectorGuide guide) => guide switch
    {
        { Switch: { } known } => known,
        { IsEngine: true } => "-",
        _ => AddedParts.Of(guide.Name) is var parts && parts.Count > 0 && parts.All(part => part.StartsWith("OTEL_", StringComparison.Ordinal)) ? "OTEL_…" : parts[0],
    };

    private static string Kind(InjectorGuide guide) => guide.IsEngine ? "engine" : "language";
}
