using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spanhook.Manifests;

/// <summary>Values in messages. Only numbers and booleans are repeated: a string may be a secret.</summary>
internal static class ValueText
{
    public static string Describe(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.String => "a string",
        JsonValueKind.Number => $"the number {value.ToJsonString()}",
        JsonValueKind.True or JsonValueKind.False => $"the boolean {value.ToJsonString()}",
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "a mapping",
        _ => "null",
    };

    public static string WantsString(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False =>
            $"must be a string, not {Describe(value)}: put it in quotes, \"{value.ToJsonString()}\"",
        _ => $"must be a string, not {Describe(value)}: write \"…\"",
    };
}
