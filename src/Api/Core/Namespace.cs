using Spanhook.Api.Meta;

namespace Spanhook.Api.Core;

/// <summary>A namespace, of which only the metadata is kept.</summary>
public sealed record Namespace
{
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;
}
