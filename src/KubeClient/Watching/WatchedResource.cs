using System.Text.Json.Serialization.Metadata;
using Spanhook.Api.Meta;

namespace Spanhook.KubeClient.Watching;

/// <summary>A collection of the API server that is listed and watched.</summary>
/// <param name="Name">For people and metrics: the plural, as <c>namespaces</c>.</param>
/// <param name="Path">As <c>/api/v1/namespaces</c>.</param>
/// <param name="Type">Of a source-generated context.</param>
/// <param name="MetadataOf">Where an object has its metadata.</param>
public sealed record WatchedResource<T>(string Name, string Path, JsonTypeInfo<T> Type, Func<T, ObjectMeta> MetadataOf)
    where T : class
{
    /// <summary>Asks for the metadata alone; a server that does not know that form sends whole objects.</summary>
    public bool IsMetadataOnly { get; init; }

    /// <summary>What of an object is kept.</summary>
    public Func<T, T> Keep { get; init; } = value => value;

    internal string AcceptList => Accept("PartialObjectMetadataList");

    internal string AcceptWatch => Accept("PartialObjectMetadata");

    internal NamespacedName KeyOf(T value) => KeyOf(MetadataOf(value));

    internal static NamespacedName KeyOf(ObjectMeta metadata) => new(metadata.Namespace ?? "", metadata.Name);

    private string Accept(string form) => IsMetadataOnly ? $"application/json;as={form};g=meta.k8s.io;v=v1,application/json" : "application/json";
}

/// <summary>Something that the API server said, or one of its objects, that cannot be used. What was known before serves on.</summary>
/// <param name="Resource">The plural of the collection.</param>
/// <param name="Object">The object that cannot be read, as <c>namespace/name</c>; null when the whole collection is meant.</param>
/// <param name="Message">What is wrong.</param>
public sealed record WatchProblem(string Resource, string? Object, string Message)
{
    /// <summary>What the request ended with, when the whole collection is meant.</summary>
    public ApiServerException? Error { get; init; }
}
