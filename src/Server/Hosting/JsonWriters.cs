using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Spanhook.Server.Hosting;

/// <summary>A <see cref="Utf8JsonWriter"/> per thread, used again and again.</summary>
internal static class JsonWriters
{
    // Control characters are escaped by either encoder; this one leaves the rest readable.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    // The output of a request must not live on in the writer.
    private static readonly ArrayBufferWriter<byte> Nowhere = new();

    [ThreadStatic]
    private static Utf8JsonWriter? _idle;

    /// <summary>A writer to <paramref name="output"/>, without validation and with the fewest escapes.</summary>
    public static Utf8JsonWriter Rent(IBufferWriter<byte> output)
    {
        if (_idle is not { } writer) return new Utf8JsonWriter(output, Options);
        _idle = null;
        writer.Reset(output);
        return writer;
    }

    /// <summary>Writes what is left. A writer that is not returned, because of an exception, is lost without harm.</summary>
    public static void Return(Utf8JsonWriter writer)
    {
        writer.Flush();
        writer.Reset(Nowhere);
        _idle = writer;
    }
}
