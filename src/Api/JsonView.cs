using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;

namespace Spanhook.Api;

/// <summary>
/// Reads of a JSON element that never throw: a field of an unexpected type reads as absent. What arrives is a tenant's
/// object; the API server has validated it, but the webhook must answer whoever calls it.
/// </summary>
public static class JsonView
{
    /// <summary>The member <paramref name="name"/> of an object; undefined when absent or when this is no object.</summary>
    public static JsonElement Member(this JsonElement element, ReadOnlySpan<byte> name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    /// <summary>The member as a string; null when absent, null or not a string.</summary>
    public static string? Text(this JsonElement element, ReadOnlySpan<byte> name) => element.Member(name).AsText();

    /// <summary>The value as a string; null when it is not one, or not valid UTF-16 (a lone surrogate).</summary>
    public static string? AsText(this JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.String) return null;
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>True for a string that is valid text: UTF-8 without half a character, escaped or not. Allocates nothing.</summary>
    public static bool IsText(this JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.String) return false;
        var raw = JsonMarshal.GetRawUtf8Value(element);

        // Of all escapes only \uD800 to \uDFFF are halves of a character.
        return raw.IndexOf("\\ud"u8) < 0 && raw.IndexOf("\\uD"u8) < 0 ? Utf8.IsValid(raw) : IsText(raw);
    }

    private static bool IsText(ReadOnlySpan<byte> escaped)
    {
        var buffer = ArrayPool<char>.Shared.Rent(escaped.Length);
        try
        {
            var reader = new Utf8JsonReader(escaped);
            reader.Read();
            reader.CopyString(buffer);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    /// <summary>The member as a boolean; null when absent or of another type.</summary>
    public static bool? Flag(this JsonElement element, ReadOnlySpan<byte> name) => element.Member(name).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    /// <summary>True when the member is a string of exactly these UTF-8 bytes; allocates nothing.</summary>
    public static bool TextEquals(this JsonElement element, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var member = element.Member(name);
        return member.ValueKind == JsonValueKind.String && member.ValueEquals(value);
    }

    /// <summary>True when there is a value and it is not null.</summary>
    public static bool IsPresent(this JsonElement element) => element.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    /// <summary>The items of an array; none when this is no array.</summary>
    public static JsonElement.ArrayEnumerator Items(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : default;

    /// <summary>The members of an object; none when this is no object.</summary>
    public static JsonElement.ObjectEnumerator Members(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : default;

    /// <summary>The number of items of an array; 0 when this is no array.</summary>
    public static int Count(this JsonElement element) => element.ValueKind == JsonValueKind.Array ? element.GetArrayLength() : 0;
}
