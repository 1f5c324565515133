namespace Spanhook.Deploy.Tests;

/// <summary>The part of a CRD's schema that needs no CEL: types, enums, required and unknown fields, bounds.</summary>
internal static class Schema
{
    /// <summary>The schema of the one version.</summary>
    public static JsonNode Of(string crd) =>
        Deployed.Read("crds", crd + ".yaml")["CustomResourceDefinition/" + crd]["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!;

    /// <summary>What the API server would refuse or prune, by path.</summary>
    public static IEnumerable<string> Problems(JsonNode? value, JsonNode schema, string path)
    {
        if (!HasType(value, schema)) return [$"{path} is no {schema["type"] ?? "integer or string"}"];
        if (schema["enum"] is JsonArray allowed && !allowed.Any(a => JsonNode.DeepEquals(a, value))) return [$"{path}: {value} is none of {allowed.ToJsonString()}"];
        return value switch
        {
            JsonObject fields => InObject(fields, schema, path),
            JsonArray items when schema["maxItems"] is { } most && items.Count > (int)most => [$"{path} has {items.Count} items"],
            JsonArray items => items.SelectMany((item, i) => Problems(item, schema["items"]!, $"{path}[{i}]")),
            _ => [],
        };
    }

    private static IEnumerable<string> InObject(JsonObject fields, JsonNode schema, string path)
    {
        foreach (var required in schema["required"]?.AsArray() ?? [])
        {
            if (!fields.ContainsKey((string)required!)) yield return $"{path}.{required} is missing";
        }

        foreach (var (name, value) in fields)
        {
            var inner = schema["properties"]?[name] ?? schema["additionalProperties"];
            if (inner is null && schema["x-kubernetes-preserve-unknown-fields"] is null && path.Length > 0 && path != ".metadata") yield return $"{path}.{name} is unknown";
            if (inner is null || value is null) continue;
            foreach (var problem in Problems(value, inner, $"{path}.{name}")) yield return problem;
        }
    }

    private static bool HasType(JsonNode? value, JsonNode schema)
    {
        var kind = value!.GetValueKind();
        if (schema["x-kubernetes-int-or-string"] is not null) return kind is System.Text.Json.JsonValueKind.Number or System.Text.Json.JsonValueKind.String;
        return (string?)schema["type"] switch
        {
            "object" => kind is System.Text.Json.JsonValueKind.Object,
            "array" => kind is System.Text.Json.JsonValueKind.Array,
            "string" => kind is System.Text.Json.JsonValueKind.String,
            "boolean" => kind is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False,
            _ => kind is System.Text.Json.JsonValueKind.Number,
        };
    }
}
