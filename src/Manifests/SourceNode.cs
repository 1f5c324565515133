namespace Spanhook.Manifests;

internal enum SourceKind
{
    Object,
    Array,
    String,
    Number,
    True,
    False,
    Null,
}

/// <summary>
/// A value as it stands in a file, with its line. YAML and JSON both become this tree before they become JSON, so that lines are known for
/// every field, and so that an alias costs a reference: a bomb is recognised by its <see cref="Weight"/> without being expanded.
/// </summary>
internal sealed class SourceNode
{
    private SourceNode(SourceKind kind, int line, string text)
    {
        Kind = kind;
        Line = line;
        Text = text;
        Weight = 1 + text.Length;
    }

    public SourceKind Kind { get; }
    public int Line { get; }

    /// <summary>The string's value, or the number as JSON text.</summary>
    public string Text { get; }

    /// <summary>Roughly the characters that this value becomes, aliases expanded.</summary>
    public long Weight { get; private set; }

    /// <summary>Levels of objects and arrays, 0 for a scalar.</summary>
    public int Height { get; private set; }

    public List<SourceMember> Members { get; } = [];
    public List<SourceNode> Items { get; } = [];

    public static SourceNode Scalar(SourceKind kind, int line, string text = "") => new(kind, line, text);

    public static SourceNode Object(int line) => new(SourceKind.Object, line, "") { Height = 1 };

    public static SourceNode Array(int line) => new(SourceKind.Array, line, "") { Height = 1 };

    public void Add(SourceMember member)
    {
        Members.Add(member);
        Grow(member.Value, member.Name.Length);
    }

    public void Add(SourceNode item)
    {
        Items.Add(item);
        Grow(item, 0);
    }

    private void Grow(SourceNode child, int extra)
    {
        Weight += child.Weight + extra;
        Height = Math.Max(Height, child.Height + 1);
    }
}

/// <summary>A field: its name, the line of the name, and its value.</summary>
internal readonly record struct SourceMember(string Name, int Line, SourceNode Value);
