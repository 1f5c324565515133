using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Spanhook.Manifests;

/// <summary>One YAML document as a tree with lines: anchors, merge keys and tags resolved, duplicate keys refused.</summary>
internal sealed class YamlSource(string file, int number, YamlChunk chunk)
{
    /// <summary>Characters that aliases may add to a document. A manifest repeats itself a little; a bomb repeats itself in powers of ten.</summary>
    private const long MaxExpansion = 4_000_000;

    private const string HalfCharacter = "a string has half a surrogate pair (\\ud800 to \\udfff): write the character itself";

    private const string NoName =
        "a list, a mapping or an alias cannot be the name of a field: put a value that begins with '{' or '[' in quotes";

    private const string TagPrefix = "tag:yaml.org,2002:";

    private readonly Parser _parser = new(new StringReader(chunk.Text));
    private readonly int _lines = 1 + chunk.Text.AsSpan().TrimEnd("\r\n").Count('\n') + chunk.Text.Count(c => c is '\r' or '\u0085' or '\u2028' or '\u2029');
    private readonly Dictionary<AnchorName, SourceNode> _anchors = [];
    private long _expansion;

    /// <summary>The root; null when there is nothing but comments.</summary>
    public SourceNode? Read()
    {
        try
        {
            _parser.Consume<StreamStart>();
            if (!_parser.Accept<DocumentStart>(out _)) return null;
            _parser.Consume<DocumentStart>();
            if (_parser.Accept<Scalar>(out var only) && only is { Value.Length: 0, Style: ScalarStyle.Plain, Tag.IsEmpty: true }) return null;
            var root = ReadNode(depth: 1);
            _parser.Consume<DocumentEnd>();
            if (!_parser.Accept<StreamEnd>(out var rest)) throw Wrong(_parser.Current ?? rest!, "a second document begins here: put a line '---' before it");
            return root;
        }
        catch (YamlException e)
        {
            throw Broken(LineOf(e.Start), e.Message);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            // The scanner's own slips on text that is no YAML, such as a list that is not closed.
            throw Broken(LineOf(_parser.Current?.End ?? Mark.Empty), "The text ends too early or is malformed.");
        }
    }

    private SourceNode ReadNode(int depth)
    {
        if (_parser.TryConsume<AnchorAlias>(out var alias)) return Expand(alias, depth);
        if (_parser.TryConsume<Scalar>(out var scalar)) return Remember(scalar, ReadScalar(scalar));
        if (depth > ManifestReader.MaxDepth) throw Wrong(_parser.Current!, $"fields are nested more than {ManifestReader.MaxDepth} deep: no Kubernetes object is");
        if (_parser.TryConsume<SequenceStart>(out var sequence)) return Remember(sequence, ReadSequence(sequence, depth));
        var mapping = _parser.Consume<MappingStart>();
        return Remember(mapping, ReadMapping(mapping, depth));
    }

    private SourceNode ReadSequence(SequenceStart start, int depth)
    {
        RequireTag(start, "seq");
        var node = SourceNode.Array(LineOf(start.Start));
        while (!_parser.TryConsume<SequenceEnd>(out _)) node.Add(ReadNode(depth + 1));
        return node;
    }

    private SourceNode ReadMapping(MappingStart start, int depth)
    {
        RequireTag(start, "map");
        var members = new MemberList();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (!_parser.Accept<Scalar>(out var key)) throw Wrong(_parser.Current!, NoName);
            _parser.Consume<Scalar>();
            if (key is { Value: "<<", Style: ScalarStyle.Plain } && (key.Tag.IsEmpty || key.Tag.Value == TagPrefix + "merge"))
            {
                var line = LineOf(key.Start);
                Merge(members, ReadNode(depth), line);
                continue;
            }

            var name = ReadName(key);
            var isNew = members.Add(new SourceMember(name, LineOf(key.Start), ReadNode(depth + 1)));
            if (!isNew) throw Wrong(key, $"the field \"{name}\" is there twice: keep one");
        }

        var node = SourceNode.Object(LineOf(start.Start));
        foreach (var member in members.InOrder) node.Add(member);
        return node;
    }

    private void Merge(MemberList members, SourceNode source, int line)
    {
        // Of several sources the first wins, and what the mapping says itself beats them all.
        foreach (var item in source.Kind == SourceKind.Array ? source.Items : [source])
        {
            if (item.Kind != SourceKind.Object)
            {
                throw new ManifestException(new ManifestProblem(file, number, line, "'<<' merges a mapping: write '<<: *name' of an anchor at a mapping"));
            }

            foreach (var member in item.Members) members.Merge(member with { Line = line });
        }
    }

    private SourceNode Expand(AnchorAlias alias, int depth)
    {
        // An anchor is known only after its node, so that nothing can contain itself.
        if (!_anchors.TryGetValue(alias.Value, out var node)) throw Wrong(alias, $"there is no anchor &{alias.Value} before this alias: define it first");
        _expansion += node.Weight;
        if (_expansion > MaxExpansion) throw Wrong(alias, "the aliases make the document far larger than it is: write the repeated parts out");
        if (depth - 1 + node.Height > ManifestReader.MaxDepth) throw Wrong(alias, $"fields are nested more than {ManifestReader.MaxDepth} deep: no Kubernetes object is");
        return node;
    }

    private SourceNode Remember(NodeEvent start, SourceNode node)
    {
        if (!start.Anchor.IsEmpty) _anchors[start.Anchor] = node;
        return node;
    }

    private string ReadName(Scalar key)
    {
        var name = ReadScalar(key);
        return name.Kind switch
        {
            SourceKind.True => "true",
            SourceKind.False => "false",
            SourceKind.Null => throw Wrong(key, "a field without a name: write a name before the ':', in quotes if it is empty or null"),
            _ => name.Text,
        };
    }

    private SourceNode ReadScalar(Scalar scalar)
    {
        var (kind, text) = Resolve(scalar);
        if (kind == SourceKind.String && HasLoneSurrogate(text)) throw Wrong(scalar, HalfCharacter);
        return SourceNode.Scalar(kind, LineOf(scalar.Start), text);
    }

    private (SourceKind Kind, string Text) Resolve(Scalar scalar)
    {
        try
        {
            if (scalar.Tag.IsEmpty) return scalar.Style == ScalarStyle.Plain ? YamlScalar.Resolve(scalar.Value) : (SourceKind.String, scalar.Value);
            var tag = scalar.Tag is { IsNonSpecific: true } ? "str" : TagName(scalar.Tag);
            if (tag is "str" or "timestamp") return (SourceKind.String, scalar.Value);
            var resolved = YamlScalar.Resolve(scalar.Value);
            return (tag, resolved.Kind) switch
            {
                ("int" or "float", SourceKind.Number) or ("bool", SourceKind.True or SourceKind.False) or ("null", SourceKind.Null) => resolved,
                ("int" or "float" or "bool" or "null", _) => throw Wrong(scalar, $"'{scalar.Value}' is no !!{tag}: remove the tag, or write a value of that type"),
                _ => throw UnknownTag(scalar),
            };
        }
        catch (InvalidDataException e)
        {
            throw Wrong(scalar, e.Message);
        }
    }

    private void RequireTag(NodeEvent start, string expected)
    {
        if (!start.Tag.IsEmpty && !start.Tag.IsNonSpecific && TagName(start.Tag) != expected) throw UnknownTag(start);
    }

    private ManifestException UnknownTag(NodeEvent node) =>
        Wrong(node, $"the tag {node.Tag.Value.Replace(TagPrefix, "!!", StringComparison.Ordinal)} has no meaning in a manifest: remove it");

    private static string TagName(TagName tag) => tag.Value.StartsWith(TagPrefix, StringComparison.Ordinal) ? tag.Value[TagPrefix.Length..] : "";

    private ManifestException Wrong(ParsingEvent at, string message) => new(new ManifestProblem(file, number, LineOf(at.Start), message));

    // Never beyond the text: the end of a text counts as a line of its own for the parser, but not in an editor.
    private int LineOf(Mark mark) => chunk.Offset + Math.Clamp((int)mark.Line, 1, _lines);

    private ManifestException Broken(int line, string message)
    {
        // The parser notices a tab late and blames the line on which the mapping began.
        var lines = chunk.Text.Split('\n');
        var first = Math.Clamp(line - chunk.Offset - 1, 0, lines.Length - 1);
        var tab = Array.FindIndex(lines, first, text => text.AsSpan(0, text.Length - text.AsSpan().TrimStart(" \t").Length).Contains('\t'));
        return tab >= 0 && message.Contains("tab", StringComparison.Ordinal)
            ? new(new ManifestProblem(file, number, chunk.Offset + tab + 1, "a tab indents this line: indent with spaces"))
            : new(new ManifestProblem(file, number, line,
                $"this is no YAML: {message.TrimEnd('.')}. Check the indentation, quotes, brackets and colons around this line"));
    }

    private static bool HasLoneSurrogate(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1])) return true;
            i++;
        }

        return false;
    }

    /// <summary>The fields of one mapping in the order of the file; a merged field stands where its <c>&lt;&lt;</c> stands.</summary>
    private sealed class MemberList
    {
        private readonly List<SourceMember> _members = [];
        private readonly Dictionary<string, (int Index, bool IsMerged)> _index = new(StringComparer.Ordinal);

        public IReadOnlyList<SourceMember> InOrder => _members;

        /// <summary>False when the mapping says it twice itself.</summary>
        public bool Add(SourceMember member)
        {
            if (!_index.TryGetValue(member.Name, out var known))
            {
                _index[member.Name] = (_members.Count, false);
                _members.Add(member);
                return true;
            }

            _members[known.Index] = member;
            _index[member.Name] = (known.Index, false);
            return known.IsMerged;
        }

        public void Merge(SourceMember member)
        {
            if (!_index.TryAdd(member.Name, (_members.Count, true))) return;
            _members.Add(member);
        }
    }
}
