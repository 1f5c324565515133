using System.Text.Json.Nodes;

namespace Spanhook.Support;

/// <summary>A value that nobody may ever see in a log: tests put it into every container and look for it in all that was written.</summary>
public static class SecretMarker
{
    public const string Variable = "SECRET_MARKER";

    public const string Value = "do-not-log-5f0c9a7e41d2";

    /// <summary>The pod with the value as a literal variable of every container and init container.</summary>
    public static JsonNode In(JsonNode pod)
    {
        var copy = pod.DeepClone();
        foreach (var container in ((string[])["initContainers", "containers"]).SelectMany(list => copy["spec"]?[list]?.AsArray() ?? []).OfType<JsonObject>())
        {
            if (container["env"] is not JsonArray) container["env"] = new JsonArray();
            container["env"]!.AsArray().Add(new JsonObject { ["name"] = Variable, ["value"] = Value });
        }

        return copy;
    }

    /// <summary>Fails when one of the lines holds the value, plain or as base64, as a patch travels.</summary>
    public static void AssertAbsent(IEnumerable<string> lines)
    {
        var encoded = Enumerable.Range(0, 3).Select(shift => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(new string(' ', shift) + Value))[4..^4]).ToArray();
        foreach (var line in lines)
        {
            Assert.False(line.Contains(Value, StringComparison.Ordinal), "a line holds the secret marker");
            Assert.False(encoded.Any(text => line.Contains(text, StringComparison.Ordinal)), "a line holds the secret marker as base64");
        }
    }
}
