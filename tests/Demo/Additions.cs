using System.Text.Json.Nodes;

namespace Spanhook.Demo;

/// <summary>What an injection added, counted by comparing the pod before and after: whatever the webhook says that it did.</summary>
internal static class Additions
{
    private static readonly (string Singular, string Plural, string Field)[] OfContainers =
    [
        ("word of a command", "words of a command", "command"),
        ("argument", "arguments", "args"),
        ("variable", "variables", "env"),
        ("mount", "mounts", "volumeMounts"),
    ];

    private static readonly (string Singular, string Plural, string Parent, string Field)[] OfPod =
    [
        ("init container", "init containers", "spec", "initContainers"),
        ("container", "containers", "spec", "containers"),
        ("volume", "volumes", "spec", "volumes"),
        ("label", "labels", "metadata", "labels"),
        ("annotation", "annotations", "metadata", "annotations"),
    ];

    /// <summary>For example <c>1 argument, 11 variables, 1 label</c>. What a new container brings along is not counted apart.</summary>
    public static string Between(JsonNode before, JsonNode after)
    {
        var containers = Containers(before).Select(old => (Old: old, New: Containers(after).First(now => Name(now) == Name(old)))).ToList();
        var counts = OfContainers.Select(kind => (kind.Singular, kind.Plural, More: containers.Sum(pair => Count(pair.New[kind.Field]) - Count(pair.Old[kind.Field]))))
            .Concat(OfPod.Select(kind => (kind.Singular, kind.Plural, More: Count(after[kind.Parent]?[kind.Field]) - Count(before[kind.Parent]?[kind.Field]))));
        return string.Join(", ", counts.Where(count => count.More > 0).Select(count => $"{count.More} {(count.More == 1 ? count.Singular : count.Plural)}"));
    }

    private static IEnumerable<JsonNode> Containers(JsonNode pod) =>
        (pod["spec"]?["initContainers"] as JsonArray ?? []).Concat(pod["spec"]?["containers"] as JsonArray ?? []).OfType<JsonNode>();

    private static string? Name(JsonNode container) => container["name"]?.GetValue<string>();

    private static int Count(JsonNode? node) => node switch
    {
        JsonArray list => list.Count,
        JsonObject map => map.Count,
        _ => 0,
    };
}
