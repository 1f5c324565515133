namespace Spanhook.Injection.CommandLine;

/// <summary>
/// Reads a shell script once, from left to right, as POSIX and bash agree to read it, and gives each simple command to be examined.
/// What they read differently, and what neither reads, is refused. The depth of nesting is limited, so it cannot exhaust the stack.
/// </summary>
/// <remarks>This part reads lists, pipelines and simple commands; the others read compounds, words, expansions, here-documents.</remarks>
internal ref partial struct ShellParser(ReadOnlySpan<char> source, ProgramMatcher matcher, int level)
{
    private const int MaxDepth = 64;

    private readonly ReadOnlySpan<char> _source = source;
    private readonly ProgramMatcher _matcher = matcher;

    // How many texts this one stands in: eval, sh -c, backticks, a here-document.
    private readonly int _level = level;

    private WordBuffer _words = new();
    private ScriptFindings _findings = new();
    private ShellProblem _problem;
    private Closer _closer;
    private int _position;
    private int _depth;
    private int _functionDepth;
    private int _outputDepth;

    private PendingHereDocument[]? _hereDocuments;
    private int _hereDocumentCount;

    // Those before it belong to a command around the substitution that is being read.
    private int _hereDocumentBase;

    private OpenWord _word;

    // What the words and redirections of the command that is being read have in common.
    private WordTraits _commandTraits;

    /// <summary>What ends a list of commands.</summary>
    private enum Closer
    {
        None,
        End,
        Parenthesis,
        CaseBreak,
        CaseFallThrough,
        Then,
        Elif,
        Else,
        Fi,
        Do,
        Done,
        Esac,
        Brace,
    }

    private readonly bool AtEnd => _position >= _source.Length;

    private readonly char Current => _position < _source.Length ? _source[_position] : '\0';

    private readonly char Next => _position + 1 < _source.Length ? _source[_position + 1] : '\0';

    public ScriptReading Read()
    {
        try
        {
            var runs = List();
            if (_closer != Closer.End) Fail(ShellProblemKind.Unreadable);
            return _findings.Conclude(_source, runs, _problem, describe: _level == 0);
        }
        finally
        {
            _words.Dispose();
            _findings.Dispose();
            DisposeHereDocuments();
        }
    }

    /// <summary>Notes why the script cannot be read, and goes to its end, which ends every loop.</summary>
    private void Fail(ShellProblemKind kind)
    {
        if (_problem.Kind == ShellProblemKind.None) _problem = new(kind);
        _position = _source.Length;
        _closer = Closer.End;
    }

    private bool Enter()
    {
        if (++_depth <= MaxDepth) return true;
        Fail(ShellProblemKind.TooDeep);
        return false;
    }

    private void Leave() => _depth--;

    /// <summary>Commands up to what ends their list, which is read too and left in <see cref="_closer"/>.</summary>
    private EngineRuns List()
    {
        var runs = EngineRuns.None;
        while (!EndsList())
        {
            var next = AndOr();
            if (_closer != Closer.None) return runs.Then(next);
            SkipBlanks();
            if (Current == '#') SkipComment();
            if (Current == '&')
            {
                next = next.Apart();
                _position++;
            }
            else if (Current == ';' && Next is not (';' or '&'))
            {
                _position++;
            }
            else if (!AtEnd && Current is not (';' or '\n' or ')') && !AtCloser())
            {
                Fail(ShellProblemKind.Unreadable);
            }

            runs = runs.Then(next);
        }

        return runs;
    }

    /// <summary>True at an operator that ends a list, or at the end. A reserved word that ends one is met as the first word of a command.</summary>
    private bool EndsList()
    {
        SkipLines();
        _closer = Closer.None;
        if (AtEnd)
        {
            _closer = Closer.End;
        }
        else if (Current == ')')
        {
            _closer = Closer.Parenthesis;
            _position++;
        }
        else if (Current == ';' && Next is ';' or '&')
        {
            var breaks = Next == ';';
            _position += 2;
            if (breaks && Current == '&')
            {
                breaks = false;
                _position++;
            }

            _closer = breaks ? Closer.CaseBreak : Closer.CaseFallThrough;
        }

        return _closer != Closer.None;
    }

    private EngineRuns AndOr()
    {
        var runs = Pipeline();
        while (_closer == Closer.None)
        {
            SkipBlanks();
            if (Current is not ('&' or '|') || Next != Current) break;
            _position += 2;
            SkipLines();
            // The right side may be left out: neither what it starts nor what it ends is certain.
            runs = runs.Then(Required(Pipeline()).Or(EngineRuns.None));
        }

        return runs;
    }

    private EngineRuns Pipeline()
    {
        var runs = Command();
        while (_closer == Closer.None)
        {
            SkipBlanks();
            if (Current != '|' || Next == '|') break;
            _position += Next == '&' ? 2 : 1;
            SkipLines();
            runs = runs.Apart().Then(Required(Command()).Apart());
        }

        return runs;
    }

    /// <summary>What stands behind an operator must be a command.</summary>
    private EngineRuns Required(EngineRuns runs)
    {
        if (_closer != Closer.None) Fail(ShellProblemKind.Unreadable);
        return runs;
    }

    private EngineRuns Command()
    {
        SkipBlanks();
        if (Current == '(') return Parenthesized();
        var (mark, uses, outer) = (_words.Mark, _findings.ArgumentUses, _commandTraits);
        _commandTraits = WordTraits.None;
        var runs = Simple(mark, uses);
        _words.Release(mark);
        _commandTraits = outer;
        return runs;
    }

    /// <summary>A simple command; a compound one when its first word is reserved for it.</summary>
    private EngineRuns Simple((int Words, int Length) mark, int uses)
    {
        var (isFirst, isSplit) = (true, false);
        while (!EndsCommand())
        {
            // Where &> is no operator, it ends a command, and what follows the file is another.
            isSplit |= Current == '&';
            if (!Redirection())
            {
                if (Current == '(') break;
                if (isSplit) Fail(ShellProblemKind.Ambiguous);
                Word();
                if (isFirst && Compound(mark, out var compound)) return compound;
            }

            isFirst = false;
            SkipBlanks();
        }

        if (isFirst || Current == '(') Fail(ShellProblemKind.Unreadable);
        return Failed ? EngineRuns.None : Examine(mark.Words, uses);
    }

    private readonly bool Failed => _problem.Kind != ShellProblemKind.None;

    private bool EndsCommand()
    {
        if (Current == '#') SkipComment();
        return AtEnd || Current is '\n' or ';' or '|' or ')' || (Current == '&' && Next != '>');
    }

    private void SkipBlanks()
    {
        while (true)
        {
            if (Current is ' ' or '\t') _position++;
            else if (!SkipContinuation()) return;
        }
    }

    /// <summary>A backslash before a newline: both are as if they were not there.</summary>
    private bool SkipContinuation()
    {
        if (Current != '\\' || Next != '\n') return false;
        _position += 2;
        return true;
    }

    /// <summary>Blanks, comments and newlines.</summary>
    private void SkipLines()
    {
        while (true)
        {
            SkipBlanks();
            if (Current == '#') SkipComment();
            else if (Current == '\n') NewLine();
            else return;
        }
    }

    private void SkipComment()
    {
        var length = _source[_position..].IndexOf('\n');
        _position = length < 0 ? _source.Length : _position + length;
    }
}
