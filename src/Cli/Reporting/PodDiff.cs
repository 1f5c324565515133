using System.Text.Json.Nodes;

namespace Spanhook.Cli.Reporting;

/// <summary>How a thing differs.</summary>
internal enum ChangeKind
{
    Added,
    Changed,
    Removed,
}

/// <summary>One difference between two pods: <c>+ env OTEL_SERVICE_NAME</c>. Values of variables are never shown: they may be secrets.</summary>
internal readonly record struct Change(ChangeKind Kind, string What, string Name);

/// <summary>What the injection did to a pod, told by comparing it before and after; whoever changed it, and whatever an injector claims.</summary>
internal static class PodDiff
{
    /// <summary>The containers that were there before, init containers last, with what changed in them.</summary>
    public static IReadOnlyList<(string Container, IReadOnlyList<Change> Changes)> Containers(JsonObject before, JsonObject after)
    {
        var containers = new List<(string, IReadOnlyList<Change>)>();
        foreach (var field in (ReadOnlySpan<string>)["containers", "initContainers"])
        {
            var now = ByName(after["spec"]?[field], "name");
            foreach (var (name, container) in ByName(before["spec"]?[field], "name"))
            {
                var later = now.Find(entry => entry.Name == name).Item;
                containers.Add((name, later is null ? [new Change(ChangeKind.Removed, "container", name)] : Container(container, later)));
            }
        }

        return containers;
    }

    /// <summary>What changed outside of the containers that were there before.</summary>
    public static IReadOnlyList<Change> Pod(JsonObject before, JsonObject after)
    {
        var changes = new List<Change>();
        Named(changes, "init container", before["spec"]?["initContainers"], after["spec"]?["initContainers"], "name", isNestedShown: false);
        Named(changes, "container", before["spec"]?["containers"], after["spec"]?["containers"], "name", isNestedShown: false);
        Named(changes, "volume", before["spec"]?["volumes"], after["spec"]?["volumes"], "name");
        Fields(changes, "field", before["spec"] as JsonObject, after["spec"] as JsonObject, ["containers", "initContainers", "volumes"]);
        Fields(changes, "label", before["metadata"]?["labels"] as JsonObject, after["metadata"]?["labels"] as JsonObject, []);
        Fields(changes, "annotation", before["metadata"]?["annotations"] as JsonObject, after["metadata"]?["annotations"] as JsonObject, []);
        return changes;
    }

    private static List<Change> Container(JsonObject before, JsonObject after)
    {
        var changes = new List<Change>();
        Named(changes, "env", before["env"], after["env"], "name");
        Named(changes, "mount", before["volumeMounts"], after["volumeMounts"], "mountPath");
        Words(changes, "command", before["command"], after["command"]);
        Words(changes, "arg", before["args"], after["args"]);
        Fields(changes, "field", before, after, ["env", "volumeMounts", "command", "args"]);
        return changes;
    }

    private static void Named(List<Change> changes, string what, JsonNode? before, JsonNode? after, string key, bool isNestedShown = true)
    {
        var (old, now) = (ByName(before, key), ByName(after, key));
        foreach (var (name, item) in now)
        {
            if (old.Find(entry => entry.Name == name).Item is not { } earlier) changes.Add(new Change(ChangeKind.Added, what, name));
            else if (isNestedShown && !JsonNode.DeepEquals(earlier, item)) changes.Add(new Change(ChangeKind.Changed, what, name));
        }

        foreach (var (name, _) in old)
        {
            if (isNestedShown && now.Find(entry => entry.Name == name).Item is null) changes.Add(new Change(ChangeKind.Removed, what, name));
        }
    }

    private static void Fields(List<Change> changes, string what, JsonObject? before, JsonObject? after, IReadOnlyList<string> except)
    {
        foreach (var (name, value) in after ?? [])
        {
            if (except.Contains(name, StringComparer.Ordinal)) continue;
            if (before is null || !before.TryGetPropertyValue(name, out var earlier)) changes.Add(new Change(ChangeKind.Added, what, name));
            else if (!JsonNode.DeepEquals(earlier, value)) changes.Add(new Change(ChangeKind.Changed, what, name));
        }
    }

    /// <summary>Words that were put in; of a word that was extended (a shell script), the part that was put into it.</summary>
    private static void Words(List<Change> changes, string what, JsonNode? before, JsonNode? after)
    {
        var (old, now) = (Texts(before), Texts(after));
        if (old.Count == now.Count)
        {
            for (var i = 0; i < now.Count; i++)
            {
                if (old[i] != now[i]) changes.Add(new Change(ChangeKind.Changed, what, $"… {Inserted(old[i], now[i])} …"));
            }

            return;
        }

        var at = 0;
        foreach (var word in now)
        {
            if (at < old.Count && old[at] == word) at++;
            else changes.Add(new Change(ChangeKind.Added, what, word));
        }
    }

    private static string Inserted(string before, string after)
    {
        var start = 0;
        while (start < before.Length && start < after.Length && before[start] == after[start]) start++;
        var end = 0;
        while (end < before.Length - start && end < after.Length - start && before[^(end + 1)] == after[^(end + 1)]) end++;

        // What was put in may end as what stands before it begins ("--"): it is shown from a blank on.
        while (start > 0 && !char.IsWhiteSpace(after[start]) && after[start - 1] == after[^(end + 1)]) (start, end) = (start - 1, end + 1);
        return after[start..^end].Trim();
    }

    private static List<string> Texts(JsonNode? words) => words is JsonArray array ? [.. array.Select(word => word?.ToString() ?? "")] : [];

    private static List<(string Name, JsonObject Item)> ByName(JsonNode? list, string key) => list is JsonArray array
        ? [.. array.OfType<JsonObject>().Select(item => (item[key]?.ToString() ?? "", item))]
        : [];
}
