using System.Buffers;

namespace Spanhook.Injection.CommandLine;

/// <summary>What is special about a word of a shell script, or about a command by its words and redirections.</summary>
[Flags]
internal enum WordTraits
{
    None = 0,

    /// <summary>Some of it stands in quotes or behind a backslash: it is no reserved word.</summary>
    Quoted = 1,

    /// <summary><c>NAME=…</c>, <c>NAME+=…</c>, <c>NAME[…]=…</c></summary>
    Assignment = 2,

    /// <summary>Some of it is the value of a variable.</summary>
    Variable = 4,

    /// <summary>Some of it is the output of a command.</summary>
    Output = 8,

    /// <summary>Some of it is a process substitution.</summary>
    Process = 16,

    /// <summary>Some of it is a whole array.</summary>
    Array = 32,

    /// <summary>It is exactly the script's arguments, one word each.</summary>
    Arguments = 64,

    /// <summary>It looks like <c>&lt;placeholder&gt;</c>, which is two redirections.</summary>
    Placeholder = 128,

    /// <summary>The command has a redirection.</summary>
    Redirected = 256,
}

/// <summary>Enum.HasFlag boxes where code is not optimized yet, which is every word of the first scripts.</summary>
internal static class WordTraitsFlags
{
    /// <summary>True when the word has one of the traits.</summary>
    public static bool Has(this WordTraits traits, WordTraits any) => (traits & any) != WordTraits.None;
}

/// <summary>A word with all that is known of it.</summary>
/// <param name="Start">Where its text begins in the buffer.</param>
/// <param name="Length">Length of its text, unknown parts as <c>${NAME}</c>: what an <c>eval</c> would read.</param>
/// <param name="Source">Where it begins in the script.</param>
/// <param name="End">Where it ends in the script.</param>
/// <param name="Traits">What is special about it.</param>
internal readonly record struct ShellWord(int Start, int Length, int Source, int End, WordTraits Traits);

/// <summary>The words of the commands that are being read, innermost last, in rented memory.</summary>
internal struct WordBuffer() : IDisposable
{
    private char[] _text = ArrayPool<char>.Shared.Rent(1024);
    private CommandWord[] _known = ArrayPool<CommandWord>.Shared.Rent(64);
    private ShellWord[] _words = ArrayPool<ShellWord>.Shared.Rent(64);

    /// <summary>How many words there are.</summary>
    public int Count { get; private set; }

    /// <summary>Length of all text.</summary>
    public int Length { get; private set; }

    public readonly ShellWord this[int index] => _words[index];

    public readonly (int Words, int Length) Mark => (Count, Length);

    /// <summary>The words from one on, as a matcher reads them.</summary>
    public readonly CommandWords From(int index) => new(_text, _known.AsSpan(index, Count - index));

    public readonly ReadOnlySpan<char> Text(int start, int end) => _text.AsSpan(start, end - start);

    public readonly ReadOnlySpan<char> TextOf(int index) => _text.AsSpan(_words[index].Start, _words[index].Length);

    /// <summary>Forgets what came after a mark.</summary>
    public void Release((int Words, int Length) mark) => (Count, Length) = mark;

    public void Append(char character)
    {
        if (Length == _text.Length) Grow(ref _text, Length, Length + 1);
        _text[Length++] = character;
    }

    public void Append(ReadOnlySpan<char> text)
    {
        if (Length + text.Length > _text.Length) Grow(ref _text, Length, Length + text.Length);
        text.CopyTo(_text.AsSpan(Length));
        Length += text.Length;
    }

    /// <summary>Appends the texts of the words from one on, a blank between two, as <c>eval</c> does.</summary>
    public void AppendWords(int first)
    {
        for (var i = first; i < Count; i++)
        {
            var word = _words[i];
            if (Length + word.Length + 1 > _text.Length) Grow(ref _text, Length, Length + word.Length + 1);
            _text.AsSpan(word.Start, word.Length).CopyTo(_text.AsSpan(Length));
            Length += word.Length;
            _text[Length++] = ' ';
        }
    }

    public void Push(ShellWord word, int knownLength)
    {
        if (Count == _words.Length)
        {
            Grow(ref _words, Count, Count + 1);
            Grow(ref _known, Count, Count + 1);
        }

        _words[Count] = word;
        _known[Count++] = new(word.Start, knownLength, knownLength == word.Length, word.End);
    }

    public readonly void Dispose()
    {
        ArrayPool<char>.Shared.Return(_text);
        ArrayPool<CommandWord>.Shared.Return(_known);
        ArrayPool<ShellWord>.Shared.Return(_words);
    }

    private static void Grow<T>(ref T[] array, int used, int needed)
    {
        var larger = ArrayPool<T>.Shared.Rent(Math.Max(needed, array.Length * 2));
        array.AsSpan(0, used).CopyTo(larger);
        ArrayPool<T>.Shared.Return(array);
        array = larger;
    }
}
