using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Spanhook.Injection.Cluster;

/// <summary>Makes small pieces of JSON that stay: parsed once when a resource is compiled, written as raw bytes at each admission.</summary>
internal static class JsonFragment
{
    /// <summary>Parses JSON text; the result owns its memory.</summary>
    public static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    /// <summary>Writes JSON with <paramref name="write"/> and parses it; the result owns its memory.</summary>
    public static JsonElement Build(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer)) write(writer);
        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }

    /// <summary>Writes an element byte for byte as it was read, so that number texts and escapes stay.</summary>
    public static void WriteRaw(this Utf8JsonWriter writer, JsonElement element) =>
        writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(element), skipInputValidation: true);
}
