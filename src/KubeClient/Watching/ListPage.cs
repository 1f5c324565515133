using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Spanhook.Api;
using Spanhook.Api.Meta;

namespace Spanhook.KubeClient.Watching;

/// <summary>
/// Reads one page of a list as it arrives, an object at a time: no more than one object is in memory beside those that are kept. The metadata of
/// the list may stand before its items (Go's typed lists) or after (custom resources).
/// </summary>
internal sealed class ListPage
{
    private readonly Action<ReadOnlySequence<byte>> _handle;
    private JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = 128 });
    private bool _isInItems;
    private bool _hasItems;
    private bool _isComplete;

    private ListPage(Action<ReadOnlySequence<byte>> handle) => _handle = handle;

    public ListMeta Metadata { get; private set; } = new();

    /// <param name="body">Read to the end of the list.</param>
    /// <param name="handle">Given the text of each item.</param>
    /// <param name="cancellation">Ends it with <see cref="OperationCanceledException"/>.</param>
    /// <returns>The list's own metadata.</returns>
    /// <exception cref="JsonException">It is no list, or no whole one.</exception>
    public static async Task<ListMeta> ReadAsync(Stream body, Action<ReadOnlySequence<byte>> handle, CancellationToken cancellation)
    {
        var page = new ListPage(handle);
        var pipe = PipeReader.Create(body, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true));
        try
        {
            while (!page._isComplete)
            {
                var result = await pipe.ReadAsync(cancellation);
                var consumed = page.Read(result.Buffer, result.IsCompleted);
                if (result.Buffer.Slice(consumed).Length > WatchStream.MaxEvent) throw new JsonException($"an item is longer than {WatchStream.MaxEvent} bytes");
                pipe.AdvanceTo(consumed, result.Buffer.End);
                if (result.IsCompleted && !page._isComplete) throw new JsonException("the list ends in the middle");
            }
        }
        finally
        {
            await pipe.CompleteAsync();
        }

        // What has neither is some other object: to take it for an empty list would forget everything.
        return page._hasItems && !string.IsNullOrEmpty(page.Metadata.ResourceVersion) ? page.Metadata : throw new JsonException("this is no list: it has no items or no resourceVersion");
    }

    private SequencePosition Read(ReadOnlySequence<byte> buffer, bool isFinal)
    {
        var reader = new Utf8JsonReader(buffer, isFinal, _state);
        var whole = reader; // up to where everything was read
        while (reader.Read())
        {
            var isWhole = _isInItems ? ReadItem(ref reader, buffer) : ReadMember(ref reader, buffer);
            if (!isWhole) break;
            whole = reader;
            if (_isComplete) break;
        }

        _state = whole.CurrentState;
        return whole.Position;
    }

    /// <summary>False when the value has not arrived yet: it is read again from its start then.</summary>
    private bool ReadItem(ref Utf8JsonReader reader, ReadOnlySequence<byte> buffer)
    {
        if (reader.TokenType == JsonTokenType.EndArray)
        {
            _isInItems = false;
            return true;
        }

        if (!TrySlice(ref reader, buffer, out var item)) return false;
        _handle(item);
        return true;
    }

    private bool ReadMember(ref Utf8JsonReader reader, ReadOnlySequence<byte> buffer)
    {
        if (reader.TokenType == JsonTokenType.EndObject) _isComplete = true;
        if (reader.TokenType == JsonTokenType.StartArray) throw new JsonException("this is no list, but an array");
        if (reader.TokenType != JsonTokenType.PropertyName) return true;
        var (isItems, isMetadata) = (reader.ValueTextEquals("items"u8), reader.ValueTextEquals("metadata"u8));
        if (!reader.Read()) return false;
        if (isItems)
        {
            if (reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.Null)) throw new JsonException("the items of a list must be an array");
            (_hasItems, _isInItems) = (true, reader.TokenType == JsonTokenType.StartArray);
            return true;
        }

        if (!TrySlice(ref reader, buffer, out var value)) return false;
        if (isMetadata) Metadata = Deserialize(value);
        return true;
    }

    private static bool TrySlice(ref Utf8JsonReader reader, ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> value)
    {
        var start = buffer.GetPosition(reader.TokenStartIndex);
        var isWhole = reader.TrySkip();
        value = isWhole ? buffer.Slice(start, reader.Position) : default;
        return isWhole;
    }

    private static ListMeta Deserialize(ReadOnlySequence<byte> value)
    {
        var reader = new Utf8JsonReader(value);
        return JsonSerializer.Deserialize(ref reader, ApiJsonContext.Default.ListMeta) ?? new();
    }
}
