using System.Text.Json.Nodes;

namespace Spanhook.Support;

/// <summary>The annotation and the label that every injected pod carries.</summary>
public static class InjectionMark
{
    public const string Key = "spanhook.dev/injected";

    /// <summary>True when the pod has the annotation and the label, both filled in.</summary>
    public static bool IsOn(JsonNode pod) =>
        pod["metadata"]?["annotations"]?[Key]?.GetValue<string>() is { Length: > 0 } && pod["metadata"]?["labels"]?[Key]?.GetValue<string>() == "true";

    /// <summary>A copy of the pod without the mark, and without the maps that held nothing else.</summary>
    public static JsonNode Stripped(JsonNode pod)
    {
        var copy = pod.DeepClone();
        if (copy["metadata"] is not JsonObject metadata) return copy;
        foreach (var map in (string[])["annotations", "labels"])
        {
            if (metadata[map] is not JsonObject entries || !entries.Remove(Key)) continue;
            if (entries.Count == 0) metadata.Remove(map);
        }

        return copy;
    }
}
