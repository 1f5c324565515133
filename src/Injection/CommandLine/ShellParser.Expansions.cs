using System.Buffers;

namespace Spanhook.Injection.CommandLine;

/// <content>What begins with a dollar sign, backticks, process substitution.</content>
internal ref partial struct ShellParser
{
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");
    private static readonly SearchValues<char> SpecialInBraces = SearchValues.Create("}\"$`\\\n");

    private void Dollar(bool isQuoted)
    {
        switch (Next)
        {
            case '(':
                Substitution();
                break;
            case '{':
                Braced(isQuoted);
                break;
            case '\'' when !isQuoted:
                AnsiQuoted();
                break;
            case '"' when !isQuoted:
                _position++;
                Unknown(WordTraits.Variable, "${_}");
                DoubleQuoted();
                break;
            case '[':
                // Arithmetic in bash, text in others.
                Fail(ShellProblemKind.Ambiguous);
                break;
            case '@' or '*' or '#' or '?' or '-' or '$' or '!' or (>= '0' and <= '9'):
                Special(_source.Slice(_position, 2));
                _position += 2;
                break;
            default:
                Named();
                break;
        }
    }

    /// <summary><c>$NAME</c>; without a name the dollar sign is itself.</summary>
    private void Named()
    {
        var rest = _source[(_position + 1)..];
        var length = rest.IndexOfAnyExcept(NameCharacters);
        if (length < 0) length = rest.Length;
        if (length == 0)
        {
            _words.Append('$');
        }
        else
        {
            Unknown(WordTraits.Variable, "${");
            _words.Append(rest[..length]);
            _words.Append('}');
        }

        _position += length + 1;
    }

    /// <summary>A parameter that the shell sets, such as <c>$@</c> or <c>$1</c>.</summary>
    private void Special(ReadOnlySpan<char> parameter)
    {
        if (parameter[1] is '@' or '*' or '#' or (>= '1' and <= '9')) CountArguments();
        Unknown(WordTraits.Variable, parameter);
    }

    /// <summary>The script's own arguments are looked at; in a function they are the function's.</summary>
    private void CountArguments()
    {
        if (_functionDepth == 0) _findings.ArgumentUses++;
    }

    /// <summary><c>$(NAME)</c>, <c>$((expression))</c> or <c>$(commands)</c>.</summary>
    private void Substitution()
    {
        var rest = _source[(_position + 2)..];
        var name = rest.IndexOfAnyExcept(NameCharacters);
        if (name > 0 && rest[name] == ')')
        {
            // A reference that the kubelet replaces before a shell sees it.
            Unknown(WordTraits.Variable, "${_}");
            _position += name + 3;
            return;
        }

        if (!Enter()) return;
        var mark = _words.Mark;
        if (rest.StartsWith('(') && IsArithmetic(_position + 3))
        {
            var open = _word;
            _position += 3;
            if (!Arithmetic()) Fail(ShellProblemKind.Unreadable);
            var inner = _word.Traits & WordTraits.Output;
            _word = open;
            _word.Traits |= inner;
            _words.Release(mark);
            Unknown(WordTraits.Variable, "${_}");
        }
        else
        {
            _position += 2;
            Commands();
            Unknown(WordTraits.Output, "${_}");
        }

        Leave();
    }

    /// <summary>The commands of a substitution, up to its parenthesis. What they write is taken, so an engine among them is not served by itself.</summary>
    private void Commands()
    {
        var (documents, traits) = (_hereDocumentBase, _commandTraits);
        _hereDocumentBase = _hereDocumentCount;
        _outputDepth++;
        Closed(List(), Closer.Parenthesis);
        _outputDepth--;
        if (_hereDocumentCount > _hereDocumentBase) Fail(ShellProblemKind.UnclosedHereDocument);
        (_hereDocumentBase, _commandTraits) = (documents, traits);
    }

    private void ProcessSubstitution()
    {
        if (!Enter()) return;
        _position += 2;
        Commands();
        Unknown(WordTraits.Process, "${_}");
        Leave();
    }

    /// <summary><c>$'…'</c>: escapes in bash, a dollar sign and a string in others. They differ on where it ends at an escaped quote.</summary>
    private void AnsiQuoted()
    {
        var start = _position + 2;
        var length = _source[start..].IndexOf('\'');
        if (length < 0) Fail(ShellProblemKind.UnclosedQuote);
        else if (length > 0 && _source[start + length - 1] == '\\') Fail(ShellProblemKind.Ambiguous);
        else _position = start + length + 1;
        if (length > 0) NoteQuotedNewLine(_source.Slice(start, length));
        Unknown(WordTraits.Variable, "${_}");
    }

    /// <summary><c>${…}</c></summary>
    private void Braced(bool isQuoted)
    {
        var rest = _source[(_position + 2)..];
        var name = rest is ['@' or '*', ..] ? 1 : rest.IndexOfAnyExcept(NameCharacters);
        if (name > 0 && rest[name] == '}')
        {
            if (rest[0] is '@' or '*' or (>= '1' and <= '9')) CountArguments();
            Unknown(WordTraits.Variable, _source.Slice(_position, name + 3));
            _position += name + 3;
            return;
        }

        // ${@:2}, ${#}, ${1:-x}, ${!#}; but ${#name} and ${!name} look at a variable.
        if (rest is ['@' or '*' or (>= '1' and <= '9'), ..] or ['#' or '!', '@' or '*' or '#' or '}' or ':' or (>= '1' and <= '9'), ..]) CountArguments();
        var array = name > 0 && (rest[name..].StartsWith("[@]}") || rest[name..].StartsWith("[*]}")) ? WordTraits.Array : WordTraits.Variable;
        if (!Enter()) return;
        var (open, mark) = (_word, _words.Mark);
        _position += 2;
        while (!AtEnd && Current != '}') BracedPart(isQuoted);
        if (AtEnd) Fail(ShellProblemKind.UnclosedQuote);
        else _position++;
        var output = _word.Traits & WordTraits.Output;
        _word = open;
        _word.Traits |= output;
        _words.Release(mark);
        Unknown(array, "${_}");
        Leave();
    }

    private void BracedPart(bool isQuoted)
    {
        switch (Current)
        {
            case '\'' when isQuoted:
                // A quote or a mere character, depending on the operator before it; both are the same when nothing special is between two.
                var length = _source[(_position + 1)..].IndexOf('\'');
                if (length < 0 || _source.Slice(_position + 1, length).IndexOfAny(SpecialInBraces) >= 0) Fail(ShellProblemKind.Ambiguous);
                else _position += length + 2;
                break;
            case '"' when isQuoted:
                var start = _position;
                DoubleQuoted();
                if (!Failed && _source[start.._position].Count('{') != _source[start.._position].Count('}')) Fail(ShellProblemKind.Ambiguous);
                break;
            case '\n':
                NoteQuotedNewLine("\n");
                _position++;
                break;
            case '\\' or '\'' or '"' or '$' or '`':
                QuotedOrPlain();
                break;
            default:
                _position++;
                break;
        }
    }

    /// <summary>
    /// Whether what begins behind <c>((</c> ends with <c>))</c>: an expression, not a subshell in parentheses. It is looked at without
    /// reading it, or each of n nested ones would be read 2ⁿ times.
    /// </summary>
    private readonly bool IsArithmetic(int start)
    {
        var depth = 0;
        for (var at = start; at < _source.Length; at++)
        {
            switch (_source[at])
            {
                case '\\':
                    at++;
                    break;
                case '(':
                    depth++;
                    break;
                case ')' when depth > 0:
                    depth--;
                    break;
                case ')':
                    return at + 1 < _source.Length && _source[at + 1] == ')';
            }
        }

        return false;
    }

    /// <summary>Reads an expression up to its closing parentheses.</summary>
    private bool Arithmetic()
    {
        var mark = _words.Mark;
        for (var depth = 0; !AtEnd; _words.Release(mark))
        {
            switch (Current)
            {
                case ')' when depth == 0 && Next == ')':
                    _position += 2;
                    return true;
                case ')' when depth == 0:
                    return false;
                case '(' or ')':
                    depth += Current == '(' ? 1 : -1;
                    _position++;
                    break;
                case '\\' or '\'' or '"' or '$' or '`':
                    QuotedOrPlain();
                    break;
                default:
                    if (Current == '\n') NoteQuotedNewLine("\n");
                    _position++;
                    break;
            }
        }

        return false;
    }

    /// <summary>Commands in backticks, which are read as a text of their own when their backslashes are taken off.</summary>
    private void Backticks(bool isQuoted)
    {
        var mark = _words.Mark;
        for (_position++; !AtEnd && Current != '`'; _position++)
        {
            if (Current == '\n') NoteQuotedNewLine("\n");
            var isEscaped = Current == '\\' && (Next is '$' or '`' or '\\' || (isQuoted && Next == '"'));
            if (isEscaped) _position++;
            if (!AtEnd) _words.Append(Current);
        }

        if (AtEnd)
        {
            Fail(ShellProblemKind.UnclosedQuote);
            return;
        }

        _position++;
        var reading = ReadText(mark.Length);
        if (reading.StartsEngine) Block(ShellProblemKind.OutputTaken, reading.Program, default);
        _words.Release(mark);
        Unknown(WordTraits.Output, "${_}");
    }
}
