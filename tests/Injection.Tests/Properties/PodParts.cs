using System.Text.Json.Nodes;

namespace Spanhook.Injection.Tests.Properties;

/// <summary>Reads of a pod that several properties share.</summary>
internal static class PodParts
{
    public static IEnumerable<JsonObject> Containers(JsonNode pod) =>
        ((string[])["initContainers", "containers"]).SelectMany(list => pod["spec"]?[list]?.AsArray() ?? []).OfType<JsonObject>();

    public static string Name(JsonObject container) => container["name"]?.GetValue<string>() ?? "";

    public static JsonArray Env(JsonObject container) => container["env"]?.AsArray() ?? [];

    /// <summary>The keys in the literal <c>OTEL_RESOURCE_ATTRIBUTES</c>, as often as they stand there.</summary>
    public static List<string> Attributes(JsonObject container)
    {
        var entry = Env(container).LastOrDefault(e => e!["name"]?.GetValue<string>() == "OTEL_RESOURCE_ATTRIBUTES");
        var value = entry?["value"]?.GetValue<string>() ?? "";
        return [.. value.Split(',').Where(pair => pair.Contains('=', StringComparison.Ordinal)).Select(pair => pair[..pair.IndexOf('=', StringComparison.Ordinal)].Trim())];
    }
}
