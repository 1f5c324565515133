using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Spanhook.Manifests;

/// <summary>Turns the tree of a file into JSON, and a JSON pointer into a line.</summary>
internal static class SourceDocument
{
    // Relaxed: what a person wrote stays readable, and no HTML page is near.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ReadOnlyMemory<byte> ToUtf8Json(SourceNode root)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            Write(writer, root);
        }

        return buffer.WrittenMemory;
    }

    /// <summary>The line of the field or item; of its nearest parent that is there, when it is not.</summary>
    public static int LineOf(SourceNode root, string pointer)
    {
        var (node, line) = (root, root.Line);
        foreach (var token in JsonPointer.Parse(pointer))
        {
            if (node.Kind == SourceKind.Object)
            {
                var index = node.Members.FindIndex(member => member.Name == token);
                if (index < 0) return line;
                (node, line) = (node.Members[index].Value, node.Members[index].Line);
            }
            else if (JsonPointer.Index(token) is { } index && index < node.Items.Count)
            {
                node = node.Items[index];
                line = node.Line;
            }
            else
            {
                return line;
            }
        }

        return line;
    }

    private static void Write(Utf8JsonWriter writer, SourceNode node)
    {
        switch (node.Kind)
        {
            case SourceKind.Object:
                writer.WriteStartObject();
                foreach (var member in node.Members)
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case SourceKind.Array:
                writer.WriteStartArray();
                foreach (var item in node.Items) Write(writer, item);
                writer.WriteEndArray();
                break;
            case SourceKind.String: writer.WriteStringValue(node.Text); break;
            case SourceKind.Number: writer.WriteRawValue(node.Text); break;
            case SourceKind.True: writer.WriteBooleanValue(true); break;
            case SourceKind.False: writer.WriteBooleanValue(false); break;
            default: writer.WriteNullValue(); break;
        }
    }
}
