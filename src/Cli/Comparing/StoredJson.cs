using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spanhook.Cli.Comparing;

/// <summary>
/// Whether something that was asked for is in what the API server stored. It adds defaults (<c>apiVersion: v1</c> of a fieldRef,
/// <c>terminationMessagePath</c>), others add mounts and resources, and quantities change their form: none of that is a difference.
/// </summary>
internal static class StoredJson
{
    private static readonly string[] Quantities = ["limits", "requests", "sizeLimit", "divisor"];

    // By what the items of a list are told apart, in the order in which the API server's own lists say it.
    private static readonly string[] Keys = ["mountPath", "name", "containerPort", "key"];

    /// <summary>Where the first difference is, as a path within <paramref name="asked"/>; empty for the value itself; null when there is none.</summary>
    public static string? FirstDifference(JsonNode? asked, JsonNode? stored) => FirstDifference(asked, stored, "", isQuantity: false);

    private static string? FirstDifference(JsonNode? asked, JsonNode? stored, string path, bool isQuantity) => asked switch
    {
        null => null,
        JsonObject members => InObject(members, stored, path, isQuantity),
        JsonArray items => InArray(items, stored, path),
        _ => IsSame(asked, stored, isQuantity) ? null : path,
    };

    private static string? InObject(JsonObject asked, JsonNode? stored, string path, bool isQuantity)
    {
        if (stored is not JsonObject found) return asked.Count == 0 && stored is null ? null : path;
        foreach (var (name, value) in asked)
        {
            var below = isQuantity || Quantities.Contains(name, StringComparer.Ordinal);
            if (FirstDifference(value, found[name], path.Length == 0 ? name : $"{path}.{name}", below) is { } difference) return difference;
        }

        return null;
    }

    private static string? InArray(JsonArray asked, JsonNode? stored, string path)
    {
        if (stored is not JsonArray found) return asked.Count == 0 && stored is null ? null : path;
        if (KeyOf(asked) is not { } key)
        {
            if (asked.Count != found.Count) return path;
            for (var i = 0; i < asked.Count; i++)
            {
                if (FirstDifference(asked[i], found[i]) is not null) return path;
            }

            return null;
        }

        foreach (var item in asked)
        {
            var name = item![key]!.ToString();
            var same = found.FirstOrDefault(other => other is JsonObject && other[key]?.ToString() == name);
            if (same is null || FirstDifference(item, same) is not null) return $"{path}.{name}";
        }

        return null;
    }

    private static string? KeyOf(JsonArray items) =>
        items.Count == 0 ? null : Keys.FirstOrDefault(key => items.All(item => item is JsonObject entry && entry[key] is JsonValue));

    private static bool IsSame(JsonNode asked, JsonNode? stored, bool isQuantity)
    {
        // What is empty is not stored.
        if (stored is null) return asked.GetValueKind() == JsonValueKind.String && asked.GetValue<string>().Length == 0;
        return JsonNode.DeepEquals(asked, stored) || (isQuantity && QuantityText.AreEqual(asked.ToString(), stored.ToString()));
    }
}
