using System.Collections.Frozen;

namespace Spanhook.Api.Meta;

/// <summary>The part of <c>metadata</c> that the injector reads of objects that stay.</summary>
public sealed record ObjectMeta
{
    // Before Empty, which is made of it: static fields are initialized in the order of the text.
    private static readonly IReadOnlyDictionary<string, string> None = FrozenDictionary<string, string>.Empty;

    public static readonly ObjectMeta Empty = new();

    public string Name { get; init => field = value ?? ""; } = "";
    public string? Namespace { get; init; }
    public string? Uid { get; init; }
    public string? ResourceVersion { get; init; }
    public long? Generation { get; init; }
    public IReadOnlyDictionary<string, string> Labels { get; init => field = value ?? None; } = None;
    public IReadOnlyDictionary<string, string> Annotations { get; init => field = value ?? None; } = None;
    public IReadOnlyList<OwnerReference> OwnerReferences { get; init => field = value ?? []; } = [];
}

/// <summary>An entry of <c>metadata.ownerReferences</c>.</summary>
public sealed record OwnerReference
{
    public string ApiVersion { get; init; } = "";
    public string Kind { get; init; } = "";
    public string Name { get; init; } = "";
    public string? Uid { get; init; }
    public bool? Controller { get; init; }
}

/// <summary>An object of which only the metadata is read: a ReplicaSet or a Job between a pod and its workload.</summary>
public sealed record PartialObject
{
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;
}
