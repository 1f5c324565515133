using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spanhook.Injection.Patching;

/// <summary>Applies an RFC 6902 patch of add, replace and test operations. For the command line and tests; the API server applies the webhook's.</summary>
public static class JsonPatchApplier
{
    /// <summary>Applies <paramref name="patch"/> to <paramref name="document"/> in place and returns it. Key order and number texts stay.</summary>
    /// <exception cref="JsonException">The patch is malformed, a path is not there, or a test fails.</exception>
    public static JsonNode Apply(JsonNode document, ReadOnlySpan<byte> patch)
    {
        if (patch.IsEmpty) return document;
        var reader = new Utf8JsonReader(patch);
        if (JsonNode.Parse(ref reader) is not JsonArray operations) throw new JsonException("a JSON patch is an array of operations");
        foreach (var operation in operations)
        {
            ApplyOne(document, operation as JsonObject ?? throw new JsonException("an operation of a JSON patch is an object"));
        }

        return document;
    }

    private static void ApplyOne(JsonNode document, JsonObject operation)
    {
        var op = Text(operation, "op");
        var path = Text(operation, "path");
        var tokens = ParsePointer(path);
        if (tokens.Length == 0) throw new JsonException("an operation on the whole document is not supported");

        var parent = document;
        foreach (var token in tokens.AsSpan(0, tokens.Length - 1))
        {
            parent = Child(parent, token) ?? throw new JsonException($"{op} {path}: '{token}' is not there");
        }

        var last = tokens[^1];
        if (!operation.TryGetPropertyValue("value", out var given)) throw new JsonException($"{op} {path}: an operation without 'value'");
        var value = given?.DeepClone();
        switch (op)
        {
            case "add": Add(parent, last, value, path); break;
            case "replace": Replace(parent, last, value, path); break;
            case "test" when Has(parent, last) && JsonNode.DeepEquals(Child(parent, last), value): break;
            case "test": throw new JsonException($"test {path}: the value is another one");
            default: throw new JsonException($"operation '{op}' is not supported");
        }
    }

    private static void Add(JsonNode parent, string token, JsonNode? value, string path)
    {
        switch (parent)
        {
            case JsonObject members: members[token] = value; break;
            case JsonArray items when token == "-": items.Add(value); break;
            case JsonArray items when Index(token) is { } index && index <= items.Count: items.Insert(index, value); break;
            default: throw new JsonException($"add {path}: no such place");
        }
    }

    private static void Replace(JsonNode parent, string token, JsonNode? value, string path)
    {
        switch (parent)
        {
            case JsonObject members when members.ContainsKey(token): members[token] = value; break;
            case JsonArray items when Index(token) is { } index && index < items.Count: items[index] = value; break;
            default: throw new JsonException($"replace {path}: no such value");
        }
    }

    private static bool Has(JsonNode parent, string token) => parent switch
    {
        JsonObject members => members.ContainsKey(token),
        JsonArray items => Index(token) is { } index && index < items.Count,
        _ => false,
    };

    private static JsonNode? Child(JsonNode parent, string token) => parent switch
    {
        JsonObject members => members[token],
        JsonArray items when Index(token) is { } index && index < items.Count => items[index],
        _ => null,
    };

    private static int? Index(string token) =>
        token.Length > 0 && token.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0 && (token.Length == 1 || token[0] != '0')
            && int.TryParse(token, System.Globalization.CultureInfo.InvariantCulture, out var index) ? index : null;

    private static string[] ParsePointer(string pointer)
    {
        if (pointer.Length == 0) return [];
        if (pointer[0] != '/') throw new JsonException($"'{pointer}' is no JSON pointer");
        return [.. pointer[1..].Split('/').Select(token => token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
    }

    private static string Text(JsonObject operation, string name) =>
        operation[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : throw new JsonException($"an operation without '{name}'");
}
