using System.Text.Json.Nodes;
using Spanhook.Manifests;
using YamlDotNet.RepresentationModel;

namespace Spanhook.Support.Corpus;

/// <summary>A script around an engine's command; <c>@@</c> marks where options go.</summary>
public sealed record EngineScriptCase(string Name, string Expect, string Marked)
{
    public string Script => Marked.Replace("@@", "", StringComparison.Ordinal);

    public override string ToString() => Name;
}

/// <summary>A container of a recorded manifest that runs a shell script, and what is expected of it.</summary>
/// <param name="Name">File and container.</param>
/// <param name="Expect">What the index says of its injection.</param>
/// <param name="Shell">The shell's command up to the script.</param>
/// <param name="Script">The script.</param>
/// <param name="Arguments">What follows the script.</param>
public sealed record EngineScript(string Name, string Expect, IReadOnlyList<string> Shell, string Script, IReadOnlyList<string> Arguments)
{
    public override string ToString() => Name;
}

/// <summary>Recorded manifests of inference engines and scripts. They lie beside the working copy, in <c>../shared/corpus</c>, and may be absent.</summary>
public static class EngineCorpus
{
    public const string Absent = "the corpus of engines is not beside the working copy (../shared/corpus)";

    private static readonly string Folder = Path.GetFullPath(Path.Combine(RepositoryRoot.Directory, "..", "shared", "corpus"));

    public static bool IsPresent => File.Exists(Path.Combine(Folder, "engine-shell-cases.yaml"));

    public static IReadOnlyList<EngineScriptCase> Cases { get; } = IsPresent ? ReadCases() : [];

    public static IReadOnlyList<EngineScript> Scripts { get; } = IsPresent ? [.. ReadScripts()] : [];

    private static EngineScriptCase[] ReadCases()
    {
        var stream = new YamlStream();
        using var reader = File.OpenText(Path.Combine(Folder, "engine-shell-cases.yaml"));
        stream.Load(reader);
        return [.. ((YamlSequenceNode)stream.Documents[0].RootNode).Select(node => new EngineScriptCase(Text(node, "name"), Text(node, "expect"), Text(node, "script")))];
    }

    private static string Text(YamlNode node, string key) => ((YamlScalarNode)node[key]).Value!;

    private static IEnumerable<EngineScript> ReadScripts()
    {
        var index = File.ReadLines(Path.Combine(Folder, "engines", "INDEX.tsv")).Skip(1).Select(line => line.Split('\t')).ToList();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Folder, "engines"), "*.yaml").Order(StringComparer.Ordinal))
        {
            var (name, documents) = (Path.GetFileName(file), ManifestReader.ReadFile(file).Select(document => document.ToNode()!).ToList());
            var seen = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var container in documents.SelectMany(Containers))
            {
                var key = container["name"]!.GetValue<string>();
                seen[key] = seen.GetValueOrDefault(key) + 1;
                if (Words(container) is not ([var program, ..] and var words) || Path.GetFileName(program) is not ("sh" or "bash")) continue;
                var rows = index.FindAll(row => row[0] == name && row[2] == key);
                if (rows.Count == 0) continue;
                // The rows of containers of one name stand in the order of the file.
                var row = rows[Math.Min(seen[key], rows.Count) - 1];
                var script = words.FindIndex(1, word => !word.StartsWith('-'));
                yield return new($"{name} {key} {seen[key]}", row[5], words[..script], words[script], words[(script + 1)..]);
            }
        }
    }

    private static List<string> Words(JsonObject container) =>
        [.. ((string[])["command", "args"]).SelectMany(list => container[list]?.AsArray() ?? []).Select(word => word!.GetValue<string>())];

    private static IEnumerable<JsonObject> Containers(JsonNode? node) => node switch
    {
        JsonObject map when map["name"] is not null && map["image"] is not null => [map],
        JsonObject map => map.SelectMany(entry => Containers(entry.Value)),
        JsonArray list => list.SelectMany(Containers),
        _ => [],
    };
}
