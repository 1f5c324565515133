using System.Text.Json.Nodes;

namespace Spanhook.Support;

/// <summary>Patches other than apply: merge (RFC 7386), and strategic merge as far as lists of named items go.</summary>
internal static class FakePatches
{
    /// <summary>Null for another kind of patch.</summary>
    public static Action<JsonObject, JsonNode>? Of(FakeRequest request) => request.Header("Content-Type").Split(';')[0] switch
    {
        "application/merge-patch+json" => (target, patch) => Merge(target, (JsonObject)patch, isStrategic: false),
        "application/strategic-merge-patch+json" => (target, patch) => Merge(target, (JsonObject)patch, isStrategic: true),
        _ => null,
    };

    private static void Merge(JsonObject target, JsonObject patch, bool isStrategic)
    {
        foreach (var (field, value) in patch)
        {
            if (value is null)
            {
                target.Remove(field);
            }
            else if (value is JsonObject child)
            {
                if (target[field] is not JsonObject old) target[field] = old = [];
                Merge(old, child, isStrategic);
            }
            else if (isStrategic && value is JsonArray items && items.All(item => item is JsonObject named && named.ContainsKey("name")))
            {
                if (target[field] is not JsonArray olds) target[field] = olds = [];
                MergeByName(olds, items);
            }
            else
            {
                target[field] = value.DeepClone();
            }
        }
    }

    private static void MergeByName(JsonArray target, JsonArray patch)
    {
        foreach (var item in patch.Cast<JsonObject>())
        {
            var same = target.Cast<JsonObject>().FirstOrDefault(old => old["name"]!.GetValue<string>() == item["name"]!.GetValue<string>());
            if (item["$patch"]?.GetValue<string>() == "delete") target.Remove(same);
            else if (same is null) target.Add(item.DeepClone());
            else Merge(same, item, isStrategic: true);
        }
    }
}
