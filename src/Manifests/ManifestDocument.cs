using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spanhook.Manifests;

/// <summary>How a document was written.</summary>
public enum ManifestFormat
{
    Yaml,
    Json,
}

/// <summary>One document of a manifest file, as JSON: key order, unknown fields and number texts are those of the file.</summary>
public sealed class ManifestDocument
{
    private readonly SourceNode _root;

    internal ManifestDocument(string file, int number, SourceNode root, ManifestFormat format, string? text)
    {
        _root = root;
        File = file;
        Number = number;
        Format = format;
        Text = text;
        Utf8Json = SourceDocument.ToUtf8Json(root);
    }

    /// <summary>The file's path, or <c>-</c> for standard input.</summary>
    public string File { get; }

    /// <summary>1 for the first document of the file; documents that hold nothing but comments are not counted.</summary>
    public int Number { get; }

    /// <summary>The line on which its first value stands, from 1.</summary>
    public int Line => _root.Line;

    public ManifestFormat Format { get; }

    /// <summary>
    /// The document as it was written, without separators, ending in a line break; null when it cannot stand alone (it needs the directives or
    /// the separator line before it).
    /// </summary>
    public string? Text { get; }

    /// <summary>The document as JSON.</summary>
    public ReadOnlyMemory<byte> Utf8Json { get; }

    public bool IsObject => _root.Kind == SourceKind.Object;

    /// <summary>A new tree of the document, to be changed; null for a document that is <c>null</c>.</summary>
    public JsonNode? ToNode() => JsonNode.Parse(Utf8Json.Span);

    /// <summary>A new read-only document, to be disposed.</summary>
    public JsonDocument ToJson() => JsonDocument.Parse(Utf8Json);

    /// <summary>The line of the field at this JSON pointer; of its nearest parent that is there, when it is not.</summary>
    public int LineOf(string pointer) => SourceDocument.LineOf(_root, pointer);

    /// <summary>A problem at this JSON pointer.</summary>
    public ManifestProblem Problem(string pointer, string message) => new(File, Number, LineOf(pointer), message);
}
