using System.Text.Json;
using System.Text.Json.Nodes;
using Spanhook.Manifests;

namespace Spanhook.Support.Corpus;

/// <summary>One container of a real manifest, and what is expected of it.</summary>
/// <param name="File">The manifest.</param>
/// <param name="Pod">The pod that it stands in.</param>
/// <param name="Container">Its name.</param>
/// <param name="IsInit">True for an entry of <c>initContainers</c>.</param>
/// <param name="Row">Its line of the index.</param>
public sealed record EngineManifestContainer(string File, JsonObject Pod, string Container, bool IsInit, IReadOnlyDictionary<string, string> Row)
{
    /// <summary>The container as it stands in a pod.</summary>
    public JsonObject In(JsonNode pod) =>
        (JsonObject)pod["spec"]![IsInit ? "initContainers" : "containers"]!.AsArray().First(c => (string?)c!["name"] == Container)!;
}

/// <summary>Real manifests of inference engines, in <c>../shared/corpus/engines</c>; may be absent.</summary>
public static class EngineManifests
{
    /// <summary>Said by a test that is skipped for want of the folder.</summary>
    public const string Absent = "the corpus of engine manifests is not beside the working copy (../shared/corpus/engines)";

    private static readonly string Folder = Path.GetFullPath(Path.Combine(RepositoryRoot.Directory, "..", "shared", "corpus", "engines"));

    public static bool IsPresent => Directory.Exists(Folder);

    /// <summary>Every container, in the order of the index; none when the folder is absent.</summary>
    public static IReadOnlyList<EngineManifestContainer> Containers { get; } = IsPresent ? [.. Read()] : [];

    private static IEnumerable<EngineManifestContainer> Read()
    {
        var rows = ReadRows().GroupBy(r => r["file"]).ToDictionary(g => g.Key, g => g.ToList(), StringComparer.Ordinal);
        foreach (var file in rows.Keys.Order(StringComparer.Ordinal))
        {
            var left = rows[file];
            foreach (var (pod, name, isInit) in Pods(Path.Combine(Folder, file)).SelectMany(ContainersOf))
            {
                var row = left.First(r => r["container"] == name);
                left.Remove(row);
                yield return new(file, pod, name, isInit, row);
            }

            if (left.Count > 0) throw new InvalidDataException($"{file} has no container {string.Join(", ", left.Select(r => r["container"]))}");
        }
    }

    private static IEnumerable<(JsonObject Pod, string Name, bool IsInit)> ContainersOf(JsonObject pod) =>
        ((string[])["initContainers", "containers"]).SelectMany(list =>
            (pod["spec"]![list] as JsonArray ?? []).Select(c => (pod, (string)c!["name"]!, list == "initContainers")));

    // The controller of a LeaderWorkerSet labels its pods with their place, which no template shows.
    private static IEnumerable<JsonObject> Pods(string file) => ManifestReader.ReadFile(file).SelectMany(document => ManifestObject.In(document, WithTextValues(document.ToNode()))).SelectMany(WorkloadTemplate.Of).Select(template =>
    {
        var pod = template.ToPod("ml");
        if (template.Role is not { } role) return pod;
        var metadata = (JsonObject)(pod["metadata"] ??= new JsonObject());
        ((JsonObject)(metadata["labels"] ??= new JsonObject()))["leaderworkerset.sigs.k8s.io/worker-index"] = role == "leader" ? "0" : "1";
        return pod;
    });

    // Some of the manifests have env values that are no strings, which an API server refuses: they are read as what was meant.
    private static JsonNode? WithTextValues(JsonNode? node)
    {
        if (node is JsonObject item && item.Count == 2 && item["name"] is not null && item["value"] is JsonValue value && value.GetValueKind() != JsonValueKind.String)
            item["value"] = value.ToJsonString();
        foreach (var child in node switch { JsonObject o => o.Select(p => p.Value), JsonArray a => a, _ => [] }) WithTextValues(child);
        return node;
    }

    private static IEnumerable<IReadOnlyDictionary<string, string>> ReadRows()
    {
        var lines = File.ReadAllLines(Path.Combine(Folder, "INDEX.tsv"));
        var names = lines[0].Split('\t');
        return lines.Skip(1).Where(line => line.Length > 0).Select(line =>
        {
            var values = line.Split('\t');
            return (IReadOnlyDictionary<string, string>)names.Select((name, i) => (name, i < values.Length ? values[i] : "")).ToDictionary(p => p.name, p => p.Item2, StringComparer.Ordinal);
        });
    }
}
