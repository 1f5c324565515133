namespace Spanhook.Injection.CommandLine;

/// <content>Compound commands, functions, and the reserved words that make them.</content>
internal ref partial struct ShellParser
{
    /// <summary>When the only word so far is reserved or names a function: reads what follows from that.</summary>
    private bool Compound((int Words, int Length) mark, out EngineRuns runs)
    {
        runs = EngineRuns.None;
        if (Failed) return true;
        var word = _words[mark.Words];
        var isPlain = (word.Traits & ~WordTraits.Assignment) == WordTraits.None;
        if (isPlain && CloserOf(_words.TextOf(mark.Words)) is var closer and not Closer.None)
        {
            _closer = closer;
            return true;
        }

        SkipBlanks();
        var reserved = isPlain ? ReservedWord(_words.TextOf(mark.Words)) : null;
        if (reserved is null && isPlain && Current == '(')
        {
            runs = Nested(mark, "function", word);
            return true;
        }

        // Not the reserved word but the program, which has options of its own.
        if (reserved is null || (reserved == "time" && Current == '-')) return false;
        runs = Nested(mark, reserved, default);
        return true;
    }

    private static Closer CloserOf(ReadOnlySpan<char> word) => word switch
    {
        "then" => Closer.Then,
        "elif" => Closer.Elif,
        "else" => Closer.Else,
        "fi" => Closer.Fi,
        "do" => Closer.Do,
        "done" => Closer.Done,
        "esac" => Closer.Esac,
        "}" => Closer.Brace,
        _ => Closer.None,
    };

    /// <summary>Behind a compound command a reserved word may follow without a separator: <c>if (a) then</c>.</summary>
    private readonly bool AtCloser()
    {
        var rest = _source[_position..];
        var length = rest.IndexOfAny(SpecialInWord);
        return CloserOf(length < 0 ? rest : rest[..length]) != Closer.None;
    }

    private static string? ReservedWord(ReadOnlySpan<char> word) => word switch
    {
        "if" => "if",
        "case" => "case",
        "for" or "select" => "for",
        "while" or "until" => "while",
        "{" => "{",
        "[[" => "[[",
        "!" or "time" => "time",
        "function" => "function",
        "coproc" => "coproc",
        _ => null,
    };

    private EngineRuns Nested((int Words, int Length) mark, string reserved, ShellWord function)
    {
        _words.Release(mark);
        if (!Enter()) return EngineRuns.None;
        var runs = reserved switch
        {
            "if" => If(),
            "case" => Case(),
            "for" => For(),
            "while" => While(),
            "{" => Closed(List(), Closer.Brace),
            "[[" => Conditional(),
            "time" => Required(Command()),
            "function" => Function(function),
            _ => Unreadable(),
        };
        Leave();
        if (reserved is not ("time" or "function")) Redirections();
        return runs;
    }

    private EngineRuns Unreadable()
    {
        Fail(ShellProblemKind.Unreadable);
        return EngineRuns.None;
    }

    /// <summary>The list has ended as it should.</summary>
    private EngineRuns Closed(EngineRuns runs, Closer closer)
    {
        if (_closer != closer) Fail(AtEnd ? ShellProblemKind.UnclosedQuote : ShellProblemKind.Unreadable);
        else _closer = Closer.None;
        return runs;
    }

    private EngineRuns If()
    {
        // The conditions so far, and the branches so far, each behind its conditions.
        var conditions = Closed(List(), Closer.Then);
        var branches = conditions.Then(List());
        while (_closer == Closer.Elif)
        {
            conditions = conditions.Then(Closed(List(), Closer.Then));
            branches = branches.Or(conditions.Then(List()));
        }

        var last = _closer == Closer.Else ? List() : EngineRuns.None;
        return Closed(branches.Or(conditions.Then(last)), Closer.Fi);
    }

    private EngineRuns While()
    {
        var condition = Closed(List(), Closer.Do);
        return condition.Then(Closed(List(), Closer.Done).Or(EngineRuns.None));
    }

    private EngineRuns For()
    {
        SkipBlanks();
        if (Current == '(' && Next == '(')
        {
            _position += 2;
            if (!Arithmetic()) Fail(ShellProblemKind.Unreadable);
        }
        else
        {
            ForWords();
        }

        SkipBlanks();
        if (Current == ';') _position++;
        SkipLines();
        if (!TakeWord("do")) Fail(ShellProblemKind.Unreadable);
        return Closed(List(), Closer.Done).Or(EngineRuns.None);
    }

    private void ForWords()
    {
        var mark = _words.Mark;
        Word();
        SkipLines();
        if (Current == 'i' && TakeWord("in"))
        {
            while (!EndsCommand() && Current is not ('<' or '>' or '&' or '('))
            {
                Word();
                SkipBlanks();
            }
        }

        else
        {
            // Goes through the script's own arguments.
            CountArguments();
        }

        _words.Release(mark);
    }

    /// <summary>Reads a word when it is this one; leaves another where it stands.</summary>
    private bool TakeWord(ReadOnlySpan<char> expected)
    {
        var behind = _position + expected.Length;
        if (!_source[Math.Min(_position, _source.Length)..].StartsWith(expected)) return false;
        if (behind < _source.Length && _source[behind] is not (' ' or '\t' or '\n' or ';' or '&' or '|' or '(' or ')' or '<' or '>' or '\\')) return false;
        _position = behind;
        SkipBlanks();
        return true;
    }

    private EngineRuns Case()
    {
        var mark = _words.Mark;
        SkipBlanks();
        Word();
        _words.Release(mark);
        SkipLines();
        if (!TakeWord("in")) Fail(ShellProblemKind.Unreadable);
        var (all, above) = (EngineRuns.None, EngineRuns.None);
        while (Patterns())
        {
            var branch = above.Then(List());
            all = all.Or(branch);
            above = _closer == Closer.CaseFallThrough ? branch.Or(EngineRuns.None) : EngineRuns.None;
            if (_closer == Closer.Esac) break;
            if (_closer is not (Closer.CaseBreak or Closer.CaseFallThrough)) Fail(ShellProblemKind.Unreadable);
        }

        if (!Failed) _closer = Closer.None;
        return all;
    }

    /// <summary>The patterns of the next branch; false behind <c>esac</c> and on failure.</summary>
    private bool Patterns()
    {
        SkipLines();
        var isOpened = Current == '(';
        if (isOpened) _position++;
        for (var isFirst = true; ; isFirst = false)
        {
            SkipBlanks();
            var mark = _words.Mark;
            Word();
            if (Failed) return false;
            var isEsac = isFirst && !isOpened && _words[mark.Words].Traits == WordTraits.None && _words.TextOf(mark.Words) is "esac";
            _words.Release(mark);
            if (isEsac) return false;
            SkipBlanks();
            var separator = Current;
            _position++;
            if (separator == ')') return true;
            if (separator != '|') Fail(ShellProblemKind.Unreadable);
        }
    }
}
