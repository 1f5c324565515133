using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spanhook.Support;

/// <summary>Compares JSON by meaning, except for numbers, whose text must be the same, and tells where the first differences are.</summary>
public static class JsonDifference
{
    private const int Most = 12;

    /// <summary>Fails with the paths of what differs; the order of an object's keys does not matter.</summary>
    public static void AssertSame(JsonNode? expected, JsonNode? actual, string what)
    {
        var differences = Between(expected, actual);
        if (differences.Count == 0) return;
        Assert.Fail($"{what}: {differences.Count} difference(s)\n  {string.Join("\n  ", differences.Take(Most))}");
    }

    /// <summary>One line for each difference, in document order; empty when there is none.</summary>
    public static IReadOnlyList<string> Between(JsonNode? expected, JsonNode? actual)
    {
        var found = new List<string>();
        Compare(expected, actual, "$", found);
        return found;
    }

    private static void Compare(JsonNode? expected, JsonNode? actual, string path, List<string> found)
    {
        switch (expected, actual)
        {
            case (JsonObject left, JsonObject right): CompareObjects(left, right, path, found); break;
            case (JsonArray left, JsonArray right): CompareArrays(left, right, path, found); break;
            default:
                if (!SameScalar(expected, actual)) found.Add($"{path}: expected {Shown(expected)} but is {Shown(actual)}");
                break;
        }
    }

    private static void CompareObjects(JsonObject expected, JsonObject actual, string path, List<string> found)
    {
        foreach (var (name, value) in expected)
        {
            if (!actual.ContainsKey(name)) found.Add($"{path}.{name}: expected {Shown(value)} but is absent");
            else Compare(value, actual[name], $"{path}.{name}", found);
        }

        foreach (var (name, value) in actual)
        {
            if (!expected.ContainsKey(name)) found.Add($"{path}.{name}: expected nothing but is {Shown(value)}");
        }
    }

    private static void CompareArrays(JsonArray expected, JsonArray actual, string path, List<string> found)
    {
        for (var i = 0; i < Math.Min(expected.Count, actual.Count); i++) Compare(expected[i], actual[i], $"{path}[{Label(expected[i], i)}]", found);
        for (var i = actual.Count; i < expected.Count; i++) found.Add($"{path}[{Label(expected[i], i)}]: expected {Shown(expected[i])} but is absent");
        for (var i = expected.Count; i < actual.Count; i++) found.Add($"{path}[{Label(actual[i], i)}]: expected nothing but is {Shown(actual[i])}");
    }

    /// <summary>Entries of env, containers and volumes are found quicker by name than by number.</summary>
    private static string Label(JsonNode? item, int index) =>
        item is JsonObject members && members["name"] is JsonValue name && name.GetValueKind() == JsonValueKind.String ? $"{index} {name.GetValue<string>()}" : $"{index}";

    private static bool SameScalar(JsonNode? expected, JsonNode? actual)
    {
        if (expected is null || actual is null) return expected is null && actual is null;
        if (expected is not JsonValue || actual is not JsonValue || expected.GetValueKind() != actual.GetValueKind()) return false;
        return expected.GetValueKind() == JsonValueKind.String
            ? expected.GetValue<string>() == actual.GetValue<string>()
            : expected.ToJsonString() == actual.ToJsonString();
    }

    private static string Shown(JsonNode? node)
    {
        var text = node?.ToJsonString() ?? "null";
        return text.Length <= 400 ? text : $"{text.AsSpan(0, 400)}… ({text.Length} characters)";
    }
}
