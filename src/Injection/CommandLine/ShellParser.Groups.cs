namespace Spanhook.Injection.CommandLine;

/// <content>What stands in parentheses or brackets, and functions.</content>
internal ref partial struct ShellParser
{
    /// <summary><c>name() command</c>, read up to the parenthesis, or <c>function name [()] command</c>, read up to the name.</summary>
    private EngineRuns Function(ShellWord name)
    {
        if (name == default)
        {
            var mark = _words.Mark;
            Word();
            if (Failed) return EngineRuns.None;
            name = _words[mark.Words];
            _words.Release(mark);
            SkipBlanks();
        }

        if (Current == '(')
        {
            _position++;
            SkipBlanks();
            if (Current != ')') return Unreadable();
            _position++;
        }

        if (!_findings.AddFunction(name.Source, name.End)) Fail(ShellProblemKind.TooDeep);
        SkipLines();
        _functionDepth++;
        var runs = Required(Command());
        _functionDepth--;
        return runs.Apart();
    }

    /// <summary><c>( list )</c>, or <c>(( expression ))</c>.</summary>
    private EngineRuns Parenthesized()
    {
        if (!Enter()) return EngineRuns.None;
        EngineRuns runs;
        if (Next == '(' && IsArithmetic(_position + 2))
        {
            _position += 2;
            if (!Arithmetic()) Fail(ShellProblemKind.Unreadable);
            runs = EngineRuns.None;
        }
        else
        {
            _position++;
            runs = Closed(List(), Closer.Parenthesis).Apart();
        }

        Leave();
        Redirections();
        return runs;
    }

    /// <summary><c>[[ … ]]</c>, where operators are words.</summary>
    private EngineRuns Conditional()
    {
        var (mark, uses) = (_words.Mark, _findings.ArgumentUses);
        while (true)
        {
            SkipLinesOfConditional();
            if (AtEnd || Current == '#')
            {
                Fail(ShellProblemKind.Unreadable);
                break;
            }

            if (TakeWord("]]")) break;
            if (Current is '(' or ')' or '<' or '>' or '&' or '|' or ';') _position++;
            else Word();
            _words.Release(mark);
        }

        // It compares the arguments and hands them to nobody.
        _findings.ArgumentUses = uses;
        return EngineRuns.None;
    }

    private void SkipLinesOfConditional()
    {
        SkipBlanks();
        while (Current == '\n')
        {
            NewLine();
            SkipBlanks();
        }
    }
}
