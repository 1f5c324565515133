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

    public int Edits => _added.Count;

    /// <summary>Inserts words before the original's word at <paramref name="position"/>.</summary>
    public void Insert(int position, params ReadOnlySpan<string> words)
    {
        Position = position;
        _added.AddRange(words);
    }
}
