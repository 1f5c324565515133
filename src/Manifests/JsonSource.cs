using System.Text;
using System.Text.Json;

namespace Spanhook.Manifests;

/// <summary>JSON text, one or many values one after the other, as documents with lines.</summary>
internal static class JsonSource
{
    private static readonly JsonReaderOptions Options = new() { AllowMultipleValues = true, MaxDepth = ManifestReader.MaxDepth };

    public static IReadOnlyList<ManifestDocument> Read(string text, string file)
    {
        var utf8 = Encoding.UTF8.GetBytes(text.TrimStart('\uFEFF'));
        var documents = new List<ManifestDocument>();
        var lines = new LineCounter(utf8);
        var reader = new Utf8JsonReader(utf8, Options);
        try
        {
            while (reader.Read())
            {
                var start = (int)reader.TokenStartIndex;
                var root = ReadValue(ref reader, ref lines);
                documents.Add(new ManifestDocument(file, documents.Count + 1, root, ManifestFormat.Json,
                    Encoding.UTF8.GetString(utf8, start, (int)reader.BytesConsumed - start) + "\n"));
            }
        }
        catch (JsonException e)
        {
            var problem = new ManifestProblem(file, documents.Count + 1, (int)(e.LineNumber ?? 0) + 1, Describe(e));
            throw new ManifestException(problem);
        }
        catch (InvalidDataException e)
        {
            throw new ManifestException(new ManifestProblem(file, documents.Count + 1, lines.Line, e.Message));
        }

        return documents;
    }

    private static SourceNode ReadValue(ref Utf8JsonReader reader, ref LineCounter lines)
    {
        var line = lines.At(reader.TokenStartIndex);
        return reader.TokenType switch
        {
            JsonTokenType.StartObject => ReadObject(ref reader, ref lines, line),
            JsonTokenType.StartArray => ReadArray(ref reader, ref lines, line),
            JsonTokenType.String => SourceNode.Scalar(SourceKind.String, line, Text(ref reader)),
            JsonTokenType.Number => SourceNode.Scalar(SourceKind.Number, line, Encoding.ASCII.GetString(reader.ValueSpan)),
            JsonTokenType.True => SourceNode.Scalar(SourceKind.True, line),
            JsonTokenType.False => SourceNode.Scalar(SourceKind.False, line),
            _ => SourceNode.Scalar(SourceKind.Null, line),
        };
    }

    private static SourceNode ReadObject(ref Utf8JsonReader reader, ref LineCounter lines, int line)
    {
        var node = SourceNode.Object(line);
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var nameLine = lines.At(reader.TokenStartIndex);
            var name = Text(ref reader);
            if (!names.Add(name)) throw new InvalidDataException($"the field \"{name}\" is there twice: keep one");
            reader.Read();
            node.Add(new SourceMember(name, nameLine, ReadValue(ref reader, ref lines)));
        }

        return node;
    }

    private static SourceNode ReadArray(ref Utf8JsonReader reader, ref LineCounter lines, int line)
    {
        var node = SourceNode.Array(line);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) node.Add(ReadValue(ref reader, ref lines));
        return node;
    }

    private static string Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString() ?? "";
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidDataException("a string has half a surrogate pair (\\ud800 to \\udfff): write the character itself", e);
        }
    }

    // The exception's own text ends with the position, which the problem names already.
    private static string Describe(JsonException e)
    {
        var message = e.Message;
        var position = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return $"this is no JSON: {(position < 0 ? message : message[..position])}";
    }

    /// <summary>Lines of positions that only grow.</summary>
    private struct LineCounter(byte[] utf8)
    {
        private int _position;

        public int Line { get; private set; } = 1;

        public int At(long position)
        {
            Line += utf8.AsSpan(_position, (int)position - _position).Count((byte)'\n');
            _position = (int)position;
            return Line;
        }
    }
}
