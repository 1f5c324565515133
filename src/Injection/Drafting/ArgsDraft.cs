using System.Text.Json;
using Spanhook.Api;

namespace Spanhook.Injection.Drafting;

/// <summary>A list of words (<c>command</c> or <c>args</c>) while words are put into it. What is there is never changed.</summary>
internal sealed class ArgsDraft(JsonElement original)
{
    private readonly List<string> _added = new(1);

    public JsonElement Original => original;

    /// <summary>The words to insert.</summary>
    public List<string> Added => _added;

    /// <summary>Where they go: an index into the original.</summary>
    public int Position { get; private set; } = original.Count();

    /// <summary>The text that is put into one of the words; null for none.</summary>
    public TextInsertion? Insertion { get; private set; }

    public int Edits => _added.Count + (Insertion is null ? 0 : 1);

    /// <summary>Inserts words before the original's word at <paramref name="position"/>.</summary>
    public void Insert(int position, params ReadOnlySpan<string> words)
    {
        Position = position;
        _added.AddRange(words);
    }

    /// <summary>Puts text into the original's word at <paramref name="index"/>, a script, at each of the offsets.</summary>
    public void InsertText(int index, IReadOnlyList<int> offsets, string text) => Insertion = new(index, offsets, text);
}

/// <summary>Text that is put into a word.</summary>
/// <param name="Index">The word's place in the original.</param>
/// <param name="Offsets">Places in the word, in characters, ascending.</param>
/// <param name="Text">What goes to each of them.</param>
internal sealed record TextInsertion(int Index, IReadOnlyList<int> Offsets, string Text);
