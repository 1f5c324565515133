using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Spanhook.Injection.CommandLine;

/// <summary>Strings of a JSON document as characters in a rented buffer: a script of some kilobytes is read without becoming a string.</summary>
internal ref struct DecodedText : IDisposable
{
    private char[] _buffer;

    /// <param name="capacity">At least the bytes of all strings that are added; a string has no more characters than bytes.</param>
    public DecodedText(int capacity)
    {
        _buffer = ArrayPool<char>.Shared.Rent(Math.Max(capacity, 1));
        Length = 0;
    }

    public int Length { get; private set; }

    public readonly ReadOnlySpan<char> Span => _buffer.AsSpan(0, Length);

    /// <summary>The size that a string's characters have at most; 0 for what is no string.</summary>
    public static int SizeOf(JsonElement element) => element.ValueKind == JsonValueKind.String ? JsonMarshal.GetRawUtf8Value(element).Length : 0;

    /// <summary>One string; empty when it is none.</summary>
    public static DecodedText Of(JsonElement element)
    {
        var text = new DecodedText(SizeOf(element));
        text.Add(element);
        return text;
    }

    /// <summary>Appends a string; nothing for what is no string, or no valid text.</summary>
    public void Add(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.String) return;
        var reader = new Utf8JsonReader(JsonMarshal.GetRawUtf8Value(element));
        reader.Read();
        try
        {
            Length += reader.CopyString(_buffer.AsSpan(Length));
        }
        catch (InvalidOperationException)
        {
            // Half a character: no pod of an API server has one, and one that has is refused before.
        }
    }

    public void Dispose()
    {
        ArrayPool<char>.Shared.Return(_buffer);
        _buffer = [];
        Length = 0;
    }
}
