using System.Text.Json.Nodes;

namespace Spanhook.Cli.Comparing;

/// <summary>What an injection adds to a pod, looked for in a running one.</summary>
/// <param name="before">The pod as it would be admitted.</param>
/// <param name="after">The pod after the injection.</param>
/// <param name="running">The pod that runs.</param>
internal sealed class InjectedParts(JsonObject before, JsonObject after, JsonObject running)
{
    private const string OwnVariables = "OTEL_";
    private const string OwnNames = "opentelemetry-auto-instrumentation";

    private readonly List<string> _differences = [];

    /// <param name="isMarked">The running pod says that it is injected: then what it has and would not get any more counts too.</param>
    public IReadOnlyList<string> Differences(bool isMarked)
    {
        Containers("initContainers", "init container", isMarked);
        Containers("containers", "container", isMarked);
        Items("volumes", "volume", before["spec"], after["spec"], running["spec"], "", "name");
        if (isMarked) Leftover("volumes", "volume");
        Fields(before["spec"], after["spec"], running["spec"], "", "containers", "initContainers", "volumes");
        Labels();
        return _differences;
    }

    private void Containers(string field, string what, bool isMarked)
    {
        foreach (var (name, now) in ByKey(after["spec"]?[field], "name"))
        {
            var found = Find(running["spec"]?[field], "name", name);
            if (Find(before["spec"]?[field], "name", name) is { } written)
            {
                if (found is null) _differences.Add($"{what} {name} is not in the pod");
                else Container($"{what} {name}: ", written, now, found, isMarked);
            }
            else if (found is null)
            {
                _differences.Add($"{what} {name} is missing");
            }
            else if (StoredJson.FirstDifference(now, found) is { } place)
            {
                _differences.Add($"{what} {name}: {place} is another");
            }
        }

        if (isMarked) Leftover(field, what);
    }

    private void Container(string prefix, JsonObject written, JsonObject now, JsonObject found, bool isMarked)
    {
        Items("env", "env", written, now, found, prefix, "name");
        Items("volumeMounts", "mount", written, now, found, prefix, "mountPath");
        foreach (var field in (ReadOnlySpan<string>)["command", "args"])
        {
            // Without a wish of ours they are compared only in a pod that we changed: an option may stand there still.
            var isOurs = isMarked || !JsonNode.DeepEquals(written[field], now[field]);
            if (isOurs && !JsonNode.DeepEquals(now[field], found[field])) _differences.Add($"{prefix}{field} are others");
        }

        Fields(written, now, found, prefix, "env", "volumeMounts", "command", "args");
        if (!isMarked) return;
        foreach (var (name, _) in ByKey(found["env"], "name"))
        {
            if (name.StartsWith(OwnVariables, StringComparison.Ordinal) && Find(now["env"], "name", name) is null) _differences.Add($"{prefix}env {name} would not be set any more");
        }
    }

    /// <summary>Entries that the injection adds or changes.</summary>
    private void Items(string field, string what, JsonNode? written, JsonNode? now, JsonNode? found, string prefix, string key)
    {
        foreach (var (name, item) in ByKey(now?[field], key))
        {
            if (JsonNode.DeepEquals(Find(written?[field], key, name), item)) continue;
            if (Find(found?[field], key, name) is not { } stored) _differences.Add($"{prefix}{what} {name} is missing");
            else if (StoredJson.FirstDifference(item, stored) is not null && !(what == "env" && IsExtended(name, item, stored))) _differences.Add($"{prefix}{what} {name} has another value");
        }
    }

    // Another webhook may have put its own agent behind ours. Not in our own variables, whose texts are lists too.
    private static bool IsExtended(string name, JsonObject asked, JsonObject stored) =>
        !name.StartsWith(OwnVariables, StringComparison.Ordinal) && asked["value"]?.ToString() is { Length: > 0 } value
            && stored["value"]?.ToString().Contains(value, StringComparison.Ordinal) == true;

    private void Fields(JsonNode? written, JsonNode? now, JsonNode? found, string prefix, params string[] except)
    {
        foreach (var (name, value) in now as JsonObject ?? [])
        {
            if (except.Contains(name, StringComparer.Ordinal) || JsonNode.DeepEquals(written?[name], value)) continue;
            if (StoredJson.FirstDifference(value, found?[name]) is not null) _differences.Add($"{prefix}{name} is another");
        }
    }

    // The mark names the object that the settings came from. Where all that it gave is the same, the name does not matter.
    private void Labels()
    {
        foreach (var field in (ReadOnlySpan<string>)["labels", "annotations"])
        {
            foreach (var (name, value) in after["metadata"]?[field] as JsonObject ?? [])
            {
                if (name == PodMark.Key || JsonNode.DeepEquals(before["metadata"]?[field]?[name], value)) continue;
                if (!JsonNode.DeepEquals(running["metadata"]?[field]?[name], value)) _differences.Add($"{field[..^1]} {name} has another value");
            }
        }
    }

    private void Leftover(string field, string what)
    {
        foreach (var (name, _) in ByKey(running["spec"]?[field], "name"))
        {
            if (name.StartsWith(OwnNames, StringComparison.Ordinal) && Find(after["spec"]?[field], "name", name) is null) _differences.Add($"{what} {name} would not be there any more");
        }
    }

    private static IEnumerable<(string Name, JsonObject Item)> ByKey(JsonNode? list, string key) =>
        (list as JsonArray ?? []).OfType<JsonObject>().Select(item => (item[key]?.ToString() ?? "", item));

    private static JsonObject? Find(JsonNode? list, string key, string name) => ByKey(list, key).FirstOrDefault(entry => entry.Name == name).Item;
}
