using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Spanhook.Api;

namespace Spanhook.Manifests;

/// <summary>
/// Compares an object with the record it is read into: a value of the wrong type is an error, an unknown field a warning, as with kubectl's
/// field validation. The serializer would stop at the first, know no lines, and not say what to write.
/// </summary>
internal sealed class ShapeCheck(ManifestObject item)
{
    private readonly List<ManifestProblem> _errors = [];
    private readonly List<ManifestProblem> _warnings = [];

    public IReadOnlyList<ManifestProblem> Errors => _errors;

    public IReadOnlyList<ManifestProblem> Warnings => _warnings;

    public void Check(JsonTypeInfo type)
    {
        foreach (var (name, value) in item.Json)
        {
            var field = type.Properties.FirstOrDefault(property => property.Name == name);

            // Of the rest of an object (status, a Namespace's spec) and of its metadata only the types of what is read matter.
            if (field is not null) Check(value, TypeOf(field.PropertyType), $"/{name}", name != "metadata");
        }
    }

    private static JsonTypeInfo TypeOf(Type type) =>
        ApiJsonContext.Default.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type)
            ?? throw new InvalidOperationException($"{type} is not in {nameof(ApiJsonContext)}");

    private void Check(JsonNode? value, JsonTypeInfo type, string pointer, bool isStrict)
    {
        // null is an absent field, as everywhere in Kubernetes; but no item of a list.
        if (value is null || type.Type == typeof(JsonElement)) return;
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object when value is JsonObject fields: CheckFields(fields, type, pointer, isStrict); break;
            case JsonTypeInfoKind.Dictionary when value is JsonObject entries: CheckEntries(entries, type, pointer); break;
            case JsonTypeInfoKind.Enumerable when value is JsonArray items: CheckItems(items, type, pointer, isStrict); break;
            case JsonTypeInfoKind.None when Fits(value, type.Type): break;
            default: Refuse(value, type, pointer); break;
        }
    }

    private void CheckFields(JsonObject fields, JsonTypeInfo type, string pointer, bool isStrict)
    {
        foreach (var (name, value) in fields)
        {
            var child = JsonPointer.Append(pointer, name);
            if (type.Properties.FirstOrDefault(property => property.Name == name) is { } field) Check(value, TypeOf(field.PropertyType), child, isStrict);
            else if (isStrict) _warnings.Add(About(child, $"there is no such field, it is ignored: {Suggest(name, type)}"));
        }
    }

    private void CheckEntries(JsonObject entries, JsonTypeInfo type, string pointer)
    {
        var element = TypeOf(type.ElementType!);
        foreach (var (name, value) in entries)
        {
            var child = JsonPointer.Append(pointer, name);
            if (value is null) _errors.Add(About(child, $"a value is missing: write {name}: \"\""));
            else Check(value, element, child, isStrict: true);
        }
    }

    private void CheckItems(JsonArray items, JsonTypeInfo type, string pointer, bool isStrict)
    {
        var element = TypeOf(type.ElementType!);
        for (var i = 0; i < items.Count; i++)
        {
            var child = JsonPointer.Append(pointer, i);
            if (items[i] is { } value) Check(value, element, child, isStrict);
            else _errors.Add(About(child, "an item is missing: remove the '-' or write a value"));
        }
    }

    private void Refuse(JsonNode value, JsonTypeInfo type, string pointer) => _errors.Add(About(pointer, Expected(value, type)));

    private ManifestProblem About(string pointer, string message)
    {
        var title = item.Name is null ? item.Kind : $"{item.Kind} {item.Name}";
        return item.Problem(pointer, $"{title}: {JsonPointer.ToFieldPath(pointer)}: {message}");
    }

    private static bool Fits(JsonNode value, Type type) => value.GetValueKind() switch
    {
        JsonValueKind.String => type == typeof(string),
        JsonValueKind.True or JsonValueKind.False => type == typeof(bool),
        JsonValueKind.Number when type == typeof(int) => int.TryParse(value.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        JsonValueKind.Number when type == typeof(long) => long.TryParse(value.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        _ => false,
    };

    private static string Expected(JsonNode value, JsonTypeInfo type)
    {
        var found = ValueText.Describe(value);
        if (type.Type == typeof(string)) return ValueText.WantsString(value);
        if (type.Type == typeof(bool)) return $"must be true or false, not {found}: write true or false, without quotes";
        return type.Kind switch
        {
            JsonTypeInfoKind.Enumerable => $"must be a list, not {found}: put each value on its own line after '- '",
            JsonTypeInfoKind.Object => $"must be a mapping, not {found}: write its fields ({string.Join(", ", type.Properties.Select(property => property.Name))}) below it",
            JsonTypeInfoKind.Dictionary => $"must be a mapping of names to strings, not {found}: write name: \"value\" below it",
            _ => $"must be a whole number, not {found}: write one, without quotes",
        };
    }

    private static string Suggest(string name, JsonTypeInfo type)
    {
        var names = type.Properties.Select(property => property.Name).ToArray();
        return names.FirstOrDefault(candidate => string.Equals(candidate, name, StringComparison.OrdinalIgnoreCase)) is { } similar
            ? $"write {similar}"
            : $"remove it, or write one of {string.Join(", ", names)}";
    }
}
