using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spanhook.Manifests;

/// <summary>A Kubernetes object in a document: the document itself, or an item of a List.</summary>
public sealed class ManifestObject
{
    private ManifestObject(ManifestDocument document, string pointer, JsonObject json)
    {
        Document = document;
        Pointer = pointer;
        Json = json;
        ApiVersion = Text(json, "apiVersion") ?? "";
        Kind = Text(json, "kind") ?? "";
    }

    public ManifestDocument Document { get; }

    /// <summary>The JSON pointer of the object in its document; empty when it is the document.</summary>
    public string Pointer { get; }

    /// <summary>The object, in the tree that was given to <see cref="In"/>.</summary>
    public JsonObject Json { get; }

    /// <summary>For example <c>apps/v1</c>; never empty.</summary>
    public string ApiVersion { get; }

    /// <summary>The part of <see cref="ApiVersion"/> before the slash; empty for the core group.</summary>
    public string Group => ApiVersion.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? ApiVersion[..slash] : "";

    /// <summary>Never empty.</summary>
    public string Kind { get; }

    /// <summary><c>metadata.name</c>, else <c>metadata.generateName</c>, else null.</summary>
    public string? Name => Text(Metadata, "name") ?? Text(Metadata, "generateName");

    /// <summary><c>metadata.namespace</c>; null when it is not written.</summary>
    public string? Namespace => Text(Metadata, "namespace");

    private JsonNode? Metadata => Json["metadata"];

    /// <summary>Whether it has a name of its own, and not only a generateName.</summary>
    internal bool IsNamed => Text(Metadata, "name") is not null;

    /// <summary>Every object of a document, Lists taken apart.</summary>
    /// <param name="document">Where it stands, for messages.</param>
    /// <param name="root">The document's tree; the objects returned are parts of it.</param>
    /// <exception cref="ManifestException">It is no object, or lacks apiVersion or kind.</exception>
    public static IReadOnlyList<ManifestObject> In(ManifestDocument document, JsonNode? root)
    {
        var objects = new List<ManifestObject>();
        Collect(document, "", root, objects);
        return objects;
    }

    /// <summary>A problem at this JSON pointer into the object.</summary>
    public ManifestProblem Problem(string pointer, string message) => Document.Problem(Pointer + pointer, message);

    private static void Collect(ManifestDocument document, string pointer, JsonNode? node, List<ManifestObject> objects)
    {
        if (node is not JsonObject json)
        {
            throw new ManifestException(document.Problem(pointer, "this is no Kubernetes object: write a mapping with apiVersion, kind and metadata"));
        }

        foreach (var field in (ReadOnlySpan<string>)["apiVersion", "kind"])
        {
            if (Text(json, field) is null) throw new ManifestException(document.Problem(pointer, $"{field} is not set: every object begins with apiVersion and kind"));
        }

        var candidate = new ManifestObject(document, pointer, json);
        if (!candidate.Kind.EndsWith("List", StringComparison.Ordinal) || json["items"] is not JsonArray items)
        {
            objects.Add(candidate);
            return;
        }

        for (var i = 0; i < items.Count; i++) Collect(document, JsonPointer.Append($"{pointer}/items", i), items[i], objects);
    }

    private static string? Text(JsonNode? node, string name) =>
        node is JsonObject json && json.TryGetPropertyValue(name, out var value) && value?.GetValueKind() == JsonValueKind.String
            && value.GetValue<string>() is { Length: > 0 } text ? text : null;
}
