using System.Buffers;

namespace Spanhook.Injection.CommandLine;

/// <content>Words: quotes, escapes, assignments, arrays.</content>
internal ref partial struct ShellParser
{
    private static readonly SearchValues<char> SpecialInWord = SearchValues.Create(" \t\n;&|()<>\\'\"$`");
    private static readonly SearchValues<char> SpecialInDoubleQuotes = SearchValues.Create("\"\\$`\n");

    private const int LongestSubscript = 200;

    /// <summary>The word that is being read; the words of a substitution in it are read above it in the buffer.</summary>
    private struct OpenWord
    {
        public int Start;

        /// <summary>Length of what is known from its beginning, once something in it is not.</summary>
        public int? Known;

        public WordTraits Traits;
    }

    /// <summary>Reads the word here and pushes it; that there is none is a failure.</summary>
    private void Word()
    {
        var outer = _word;
        _word = new() { Start = _words.Length };
        var (source, end) = (_position, _position);
        while (!AtEnd)
        {
            if (SkipContinuation()) continue;
            if (!WordPart(source)) break;
            // Not behind a continued line that ends the word: what is put there must stay on the command's line.
            end = _position;
        }

        if (end == source) Fail(ShellProblemKind.Unreadable);
        var length = _words.Length - _word.Start;
        var text = _words.Text(_word.Start, _words.Length);
        // In quotes $* is one word.
        var isList = text is "$@" or "${@}" || (text is "$*" or "${*}" && !_word.Traits.Has(WordTraits.Quoted));
        if (isList && _word.Known is not null) _word.Traits |= WordTraits.Arguments;
        _words.Push(new(_word.Start, length, source, Math.Min(end, _source.Length), _word.Traits), _word.Known ?? length);
        _commandTraits |= _word.Traits;
        _word = outer;
    }

    /// <summary>Reads the next part of a word; false where the word ends.</summary>
    private bool WordPart(int source)
    {
        switch (Current)
        {
            case ' ' or '\t' or '\n' or ';' or '&' or '|' or ')':
                return false;
            case '(':
                return _position > source && _words.Length > _word.Start && _words.Text(_words.Length - 1, _words.Length) is "=" && ArrayLiteral();
            case '<' or '>':
                if (Next != '(') return false;
                ProcessSubstitution();
                return true;
            default:
                QuotedOrPlain();
                if (_word.Traits == WordTraits.None) NoteAssignment(source);
                return true;
        }
    }

    private void QuotedOrPlain()
    {
        switch (Current)
        {
            case '\\':
                _word.Traits |= WordTraits.Quoted;
                _position++;
                if (AtEnd) Fail(ShellProblemKind.UnclosedQuote);
                else _words.Append(_source[_position++]);
                break;
            case '\'':
                SingleQuoted();
                break;
            case '"':
                DoubleQuoted();
                break;
            case '$':
                Dollar(isQuoted: false);
                break;
            case '`':
                Backticks(isQuoted: false);
                break;
            default:
                var rest = _source[_position..];
                var length = rest.IndexOfAny(SpecialInWord);
                if (length < 0) length = rest.Length;
                _words.Append(rest[..length]);
                _position += length;
                break;
        }
    }

    /// <summary>An assignment begins with a bare name; a subscript may hold anything.</summary>
    private void NoteAssignment(int source)
    {
        var text = _source[source.._position];
        var name = text.IndexOfAnyExcept(NameCharacters);
        if (name <= 0 || char.IsAsciiDigit(text[0])) return;
        if (text[name] == '=' || text[name..].StartsWith("+=") || (text[name] == '[' && IsSubscripted(source + name))) _word.Traits |= WordTraits.Assignment;
    }

    /// <summary>Whether an equals sign follows the subscript that begins here.</summary>
    private readonly bool IsSubscripted(int bracket)
    {
        var rest = _source[bracket..];
        // Not further, or a script of such words would be read once for each.
        if (rest.Length > LongestSubscript) rest = rest[..LongestSubscript];
        return rest.IndexOf("]=") > 0 || rest.IndexOf("]+=") > 0;
    }

    /// <summary>Nothing of what follows in the word is known; what an <c>eval</c> would read for it is appended.</summary>
    private void Unknown(WordTraits trait, ReadOnlySpan<char> shown)
    {
        _word.Known ??= _words.Length - _word.Start;
        _word.Traits |= trait;
        _words.Append(shown);
    }

    private void SingleQuoted()
    {
        _word.Traits |= WordTraits.Quoted;
        var start = _position + 1;
        var length = start > _source.Length ? -1 : _source[start..].IndexOf('\'');
        if (length < 0)
        {
            Fail(ShellProblemKind.UnclosedQuote);
            return;
        }

        var text = _source.Slice(start, length);
        NoteQuotedNewLine(text);
        _position = start + length + 1;
        AppendExpanded(text);
    }

    /// <summary>Appends text in which only the kubelet replaces something: <c>$(NAME)</c>.</summary>
    private void AppendExpanded(ReadOnlySpan<char> text)
    {
        while (text.IndexOf("$(") is >= 0 and var at)
        {
            var name = text[(at + 2)..].IndexOfAnyExcept(NameCharacters);
            if (name > 0 && text[at + 2 + name] == ')')
            {
                _words.Append(text[..at]);
                Unknown(WordTraits.Variable, "${_}");
                text = text[(at + name + 3)..];
            }
            else
            {
                _words.Append(text[..(at + 2)]);
                text = text[(at + 2)..];
            }
        }

        _words.Append(text);
    }

    /// <summary>Where a here-document begins when a newline stands in quotes is not the same in every shell.</summary>
    private void NoteQuotedNewLine(ReadOnlySpan<char> text)
    {
        if (_hereDocumentCount > 0 && text.Contains('\n')) Fail(ShellProblemKind.Ambiguous);
    }

    private void DoubleQuoted()
    {
        _word.Traits |= WordTraits.Quoted;
        _position++;
        while (!AtEnd)
        {
            var rest = _source[_position..];
            var length = rest.IndexOfAny(SpecialInDoubleQuotes);
            if (length < 0) break;
            _words.Append(rest[..length]);
            _position += length;
            if (Current == '"')
            {
                _position++;
                return;
            }

            DoubleQuotedPart();
        }

        Fail(ShellProblemKind.UnclosedQuote);
    }

    private void DoubleQuotedPart()
    {
        switch (Current)
        {
            case '\\' when Next == '\n':
                SkipContinuation();
                break;
            case '\\' when Next is '$' or '`' or '"' or '\\':
                // The kubelet would replace what looks like a reference to it behind the backslash too.
                if (Next == '$' && _position + 2 < _source.Length && _source[_position + 2] == '(') Unknown(WordTraits.Variable, "${_}");
                else _words.Append(Next);
                _position += 2;
                break;
            case '$':
                Dollar(isQuoted: true);
                break;
            case '`':
                Backticks(isQuoted: true);
                break;
            default:
                if (Current == '\n') NoteQuotedNewLine("\n");
                if (!AtEnd) _words.Append(_source[_position++]);
                break;
        }
    }

    /// <summary>Skips the elements of <c>NAME=( … )</c>; an engine's command in them is a hint only.</summary>
    private bool ArrayLiteral()
    {
        if (!_word.Traits.Has(WordTraits.Assignment) || !Enter()) return false;
        var mark = _words.Mark;
        var traits = _commandTraits;
        _position++;
        SkipLines();
        while (!AtEnd && Current != ')')
        {
            Word();
            SkipLines();
        }

        if (AtEnd) Fail(ShellProblemKind.UnclosedQuote);
        else _position++;
        Leave();
        if (!Failed && _words.Count > mark.Words) HintOf(_words.From(mark.Words));
        _words.Release(mark);
        _commandTraits = traits;
        Unknown(WordTraits.Variable, "${_}");
        return true;
    }
}
