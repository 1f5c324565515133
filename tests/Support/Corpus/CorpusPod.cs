using System.Text.Json.Nodes;

namespace Spanhook.Support.Corpus;

/// <summary>Brings a recorded pod and one of ours to the form in which they are compared.</summary>
public static class CorpusPod
{
    /// <summary>Stands in a record for a shell program.</summary>
    public const string Script = "$SCRIPT";

    /// <summary>Without empty <c>resources</c> (an artefact of the record), our mark, and empty maps of metadata.</summary>
    public static JsonNode Normal(JsonNode pod)
    {
        var copy = InjectionMark.Stripped(pod);
        if (copy["metadata"] is JsonObject metadata)
        {
            foreach (var map in (string[])["annotations", "labels"])
            {
                if (metadata[map] is JsonObject { Count: 0 }) metadata.Remove(map);
            }
        }

        foreach (var container in Containers(copy))
        {
            if (container["resources"] is JsonObject { Count: 0 }) container.Remove("resources");
        }

        return copy;
    }

    /// <summary>Puts the token <see cref="Script"/> in place of our shell programs, where the record has it, and returns the programs.</summary>
    public static IReadOnlyList<string> TakeScripts(JsonNode expected, JsonNode actual)
    {
        var scripts = new List<string>();
        var ours = Containers(actual).ToList();
        foreach (var theirs in Containers(expected))
        {
            if (theirs["args"] is not JsonArray { Count: > 0 } args || args[0]?.GetValue<string>() != Script) continue;
            var mine = ours.Find(container => container["name"]?.GetValue<string>() == theirs["name"]!.GetValue<string>());
            if (mine?["args"] is not JsonArray { Count: > 0 } mineArgs) continue;
            scripts.Add(mineArgs[0]!.GetValue<string>());
            mineArgs[0] = Script;
        }

        return scripts;
    }

    private static IEnumerable<JsonObject> Containers(JsonNode pod) =>
        ((string[])["initContainers", "containers"]).SelectMany(list => pod["spec"]?[list]?.AsArray() ?? []).OfType<JsonObject>();
}
