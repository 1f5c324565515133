using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spanhook.Manifests;

/// <summary>Writes JSON as YAML in kubectl's style, or as indented JSON. Key order and number texts are kept.</summary>
public static class ManifestWriter
{
    // A YAML reader need not look further than 1024 characters for the ':' of a simple key (YAML 1.2, 7.4.2).
    private const int MaxSimpleKey = 1000;

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions Indented = Compact with { Indented = true, IndentSize = 4, NewLine = "\n" };

    /// <summary>YAML, ending in a line break. Reading it gives the same value back.</summary>
    public static string ToYaml(JsonNode? node)
    {
        using var document = JsonDocument.Parse(ToUtf8(node, Compact));
        return ToYaml(document.RootElement);
    }

    /// <inheritdoc cref="ToYaml(JsonNode?)"/>
    public static string ToYaml(JsonElement element)
    {
        var yaml = new StringBuilder();
        if (IsNested(element))
        {
            WriteNested(yaml, element, indent: 0);
        }
        else
        {
            WriteInline(yaml, element, indent: 0);
            yaml.Append('\n');
        }

        return yaml.ToString();
    }

    /// <summary>JSON as kubectl prints it: indented by four, ending in a line break.</summary>
    public static string ToJson(JsonNode? node) => Encoding.UTF8.GetString(ToUtf8(node, Indented).Span) + "\n";

    private static ReadOnlyMemory<byte> ToUtf8(JsonNode? node, JsonWriterOptions options)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, options))
        {
            if (node is null) writer.WriteNullValue();
            else node.WriteTo(writer);
        }

        return buffer.WrittenMemory;
    }

    /// <summary>Whether the value takes lines of its own.</summary>
    private static bool IsNested(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.GetPropertyCount() > 0,
        JsonValueKind.Array => element.GetArrayLength() > 0,
        _ => false,
    };

    /// <summary>Fields or items, one per line; the first line is not indented, for it may follow "- ".</summary>
    private static void WriteNested(StringBuilder yaml, JsonElement element, int indent)
    {
        var isFirst = true;
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                if (!isFirst) yaml.Append(' ', indent);
                isFirst = false;
                yaml.Append("- ");
                WriteItem(yaml, item, indent);
            }

            return;
        }

        foreach (var field in element.EnumerateObject())
        {
            if (!isFirst) yaml.Append(' ', indent);
            isFirst = false;
            WriteField(yaml, field, indent);
        }
    }

    private static void WriteItem(StringBuilder yaml, JsonElement item, int indent)
    {
        if (IsNested(item))
        {
            WriteNested(yaml, item, indent + 2);
            return;
        }

        WriteInline(yaml, item, indent);
        yaml.Append('\n');
    }

    private static void WriteField(StringBuilder yaml, JsonProperty field, int indent)
    {
        var name = YamlText.Name(field.Name);
        if (name.Length > MaxSimpleKey) yaml.Append("? ").Append(name).Append('\n').Append(' ', indent).Append(':');
        else yaml.Append(name).Append(':');

        if (!IsNested(field.Value))
        {
            yaml.Append(' ');
            WriteInline(yaml, field.Value, indent);
            yaml.Append('\n');
            return;
        }

        // As kubectl: the items of a list stand under the name of the field, not to its right.
        var child = field.Value.ValueKind == JsonValueKind.Array ? indent : indent + 2;
        yaml.Append('\n').Append(' ', child);
        WriteNested(yaml, field.Value, child);
    }

    private static void WriteInline(StringBuilder yaml, JsonElement value, int indent)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object: yaml.Append("{}"); break;
            case JsonValueKind.Array: yaml.Append("[]"); break;
            case JsonValueKind.String: YamlText.Write(yaml, value.GetString() ?? "", indent); break;
            case JsonValueKind.Null: yaml.Append("null"); break;
            default: yaml.Append(value.GetRawText()); break;
        }
    }
}
