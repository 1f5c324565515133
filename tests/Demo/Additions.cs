using System.Text.Json.Nodes;

namespace Spanhook.Demo;

/// <summary>What an injection added, counted by comparing the pod before and after: whatever the webhook says that it did.</summary>
internal static class Additions
{
    private static readonly (string Singular, string Plural, Func<JsonNode, int> Count)[] Kinds =
    [
        ("argument", "arguments", pod => InContainers(pod, "args")),
        ("variable", "variables", pod => InContainers(pod, "env")),
        ("mount", "mounts", pod => InContainers(pod, "volumeMounts")),
        ("init container", "init containers", pod => Count(pod["spec"]?["initContainers"])),
        ("container", "containers", pod => Count(pod["spec"]?["containers"])),
        ("volume", "volumes", pod => Count(pod["spec"]?["volumes"])),
        ("label", "labels", pod => Count(pod["metadata"]?["labels"])),
        ("annotation", "annotations", pod => Count(pod["metadata"]?["annotations"])),
    ];

    /// <summary>For example <c>1 argument, 11 variables, 1 label</c>.</summary>
    public static string Between(JsonNode before, JsonNode after)
    {
        var counts = Kinds.Select(kind => (kind, More: kind.Count(after) - kind.Count(before))).Where(count => count.More > 0);
        return string.Join(", ", counts.Select(count => $"{count.More} {(count.More == 1 ? count.kind.Singular : count.kind.Plural)}"));
    }

    private static int InContainers(JsonNode pod, string field) => (pod["spec"]?["containers"] as JsonArray ?? []).Sum(container => Count(container?[field]));

    private static int Count(JsonNode? node) => node switch
    {
        JsonArray list => list.Count,
        JsonObject map => map.Count,
        _ => 0,
    };
}
