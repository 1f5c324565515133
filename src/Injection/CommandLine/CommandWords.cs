namespace Spanhook.Injection.CommandLine;

/// <summary>One word of a command.</summary>
/// <param name="Start">Where its known text begins in the buffer.</param>
/// <param name="Length">Length of the known text, in characters.</param>
/// <param name="IsWhole">False when only the beginning is known: the rest comes from a variable or a substitution.</param>
/// <param name="End">In a script: the place directly behind the word. In a list of words: its place in the list.</param>
internal readonly record struct CommandWord(int Start, int Length, bool IsWhole, int End);

/// <summary>The words of one command as its process gets them, without allocation: ranges of one buffer.</summary>
internal readonly ref struct CommandWords(ReadOnlySpan<char> text, ReadOnlySpan<CommandWord> words)
{
    private readonly ReadOnlySpan<char> _text = text;
    private readonly ReadOnlySpan<CommandWord> _words = words;

    public int Count => _words.Length;

    /// <summary>What is known of a word: all of it, or its beginning.</summary>
    public ReadOnlySpan<char> this[int index] => _text.Slice(_words[index].Start, _words[index].Length);

    public CommandWord Word(int index) => _words[index];

    /// <summary>True when there is such a word and it is known to be exactly this.</summary>
    public bool Is(int index, ReadOnlySpan<char> word) => index < Count && _words[index].IsWhole && this[index].SequenceEqual(word);

    /// <summary>True when there is such a word, all of it is known, and it is no option.</summary>
    public bool IsOperand(int index) => index < Count && _words[index].IsWhole && !this[index].StartsWith('-');

    /// <summary>The words from one on.</summary>
    public CommandWords From(int index) => new(_text, _words[index..]);

    /// <summary>The last part of a path: the program that a first word names. Empty when it is not known.</summary>
    public ReadOnlySpan<char> Program(int index)
    {
        if (index >= Count || !_words[index].IsWhole) return [];
        var word = this[index];
        return word[(word.LastIndexOf('/') + 1)..];
    }
}
