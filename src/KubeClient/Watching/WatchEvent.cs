using System.Buffers;
using System.Text.Json;
using Spanhook.Api;
using Spanhook.Api.Meta;

namespace Spanhook.KubeClient.Watching;

/// <summary>What an event of a watch is about.</summary>
internal enum WatchEventKind
{
    /// <summary>Added or modified: the object is now as it stands in the event.</summary>
    Set,
    Deleted,

    /// <summary>Nothing but a resource version.</summary>
    Bookmark,

    /// <summary>The watch is over, for the reason in the Status.</summary>
    Error,

    /// <summary>An object of an unexpected shape, of which only the metadata is known.</summary>
    Unreadable,
}

/// <summary>One line of a watch.</summary>
internal readonly struct WatchEvent<T>
    where T : class
{
    public WatchEventKind Kind { get; init; }

    /// <summary>For <see cref="WatchEventKind.Set"/> and <see cref="WatchEventKind.Deleted"/>.</summary>
    public T? Object { get; init; }

    /// <summary>Of all but <see cref="WatchEventKind.Error"/>.</summary>
    public ObjectMeta Metadata { get; init; }

    /// <summary>For <see cref="WatchEventKind.Error"/>.</summary>
    public Status? Status { get; init; }

    /// <summary>For <see cref="WatchEventKind.Unreadable"/>.</summary>
    public string? Problem { get; init; }

    /// <summary>Reads a line in one pass: the type stands before the object, as Go writes it; where it does not, the object is gone back to.</summary>
    /// <exception cref="JsonException">It is no event at all.</exception>
    public static WatchEvent<T> Parse(ReadOnlySequence<byte> line, WatchedResource<T> resource)
    {
        var reader = new Utf8JsonReader(line);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new JsonException("an event of a watch must be an object");
        string? type = null;
        Utf8JsonReader skipped = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                type = reader.TokenType == JsonTokenType.String ? reader.GetString() : throw new JsonException("the type of an event must be a string");
            }
            else if (reader.ValueTextEquals("object"u8))
            {
                reader.Read();
                if (type is not null) return Read(type, ref reader, line, resource);
                skipped = reader;
                reader.Skip();
            }
            else
            {
                reader.Skip();
            }
        }

        if (type is null || skipped.TokenType == JsonTokenType.None) throw new JsonException("an event of a watch has a type and an object");
        return Read(type, ref skipped, line, resource);
    }

    /// <summary>Reads an item of a list as if it were the object of an event.</summary>
    /// <exception cref="JsonException">Not even its name can be read.</exception>
    public static WatchEvent<T> ParseObject(ReadOnlySequence<byte> item, WatchedResource<T> resource)
    {
        var reader = new Utf8JsonReader(item);
        reader.Read();
        return ReadObject(WatchEventKind.Set, ref reader, resource);
    }

    private static WatchEvent<T> Read(string type, ref Utf8JsonReader reader, ReadOnlySequence<byte> line, WatchedResource<T> resource) => type switch
    {
        "ADDED" or "MODIFIED" => ReadObject(WatchEventKind.Set, ref reader, resource),
        "DELETED" => ReadObject(WatchEventKind.Deleted, ref reader, resource),
        "BOOKMARK" => new() { Kind = WatchEventKind.Bookmark, Metadata = (JsonSerializer.Deserialize(ref reader, ApiJsonContext.Default.PartialObject) ?? new()).Metadata },
        "ERROR" => new() { Kind = WatchEventKind.Error, Status = JsonSerializer.Deserialize(ref reader, ApiJsonContext.Default.Status) ?? new(), Metadata = ObjectMeta.Empty },
        _ => throw new JsonException($"the type of an event is unknown, in {line.Length} bytes"),
    };

    private static WatchEvent<T> ReadObject(WatchEventKind kind, ref Utf8JsonReader reader, WatchedResource<T> resource)
    {
        var start = reader;
        try
        {
            var value = JsonSerializer.Deserialize(ref reader, resource.Type) ?? throw new JsonException("the object of an event is null");
            var metadata = resource.MetadataOf(value);
            if (metadata.Name.Length == 0) throw new JsonException("the object of an event has no name");
            return new() { Kind = kind, Object = value, Metadata = metadata };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Unreadable(kind, ref start, e.Message);
        }
    }

    /// <summary>What is deleted need not be readable, but for its name.</summary>
    private static WatchEvent<T> Unreadable(WatchEventKind kind, ref Utf8JsonReader reader, string problem)
    {
        var metadata = (JsonSerializer.Deserialize(ref reader, ApiJsonContext.Default.PartialObject) ?? new()).Metadata;
        if (metadata.Name.Length == 0) throw new JsonException(problem);
        return new() { Kind = kind == WatchEventKind.Deleted ? kind : WatchEventKind.Unreadable, Metadata = metadata, Problem = problem };
    }
}
