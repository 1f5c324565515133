namespace Spanhook.Injection.CommandLine;

/// <content>What a simple command starts, once its words are known.</content>
internal ref partial struct ShellParser
{
    private const int MaxLevel = 4;

    // Further words are operands of something, not the command it runs.
    private const int MaxWordsToSearch = 64;

    /// <summary>What a text within the script says: of an <c>eval</c>, a <c>sh -c</c>, backticks, a here-document.</summary>
    private readonly record struct InnerReading(ScriptOutcome Outcome, ProgramMatch? Program, bool DefinesWords = false)
    {
        /// <summary>It starts an engine, visibly.</summary>
        public bool StartsEngine => Outcome is ScriptOutcome.Insert or ScriptOutcome.Arguments || (Outcome == ScriptOutcome.Opaque && Program?.Engine is not null);
    }

    /// <summary>Reads the text at the end of the buffer as a script. Programs that are no engines are noted.</summary>
    private InnerReading ReadText(int start)
    {
        if (_level == MaxLevel) return new(ScriptOutcome.Opaque, null);
        var inner = new ShellParser(_words.Text(start, _words.Length), _matcher, _level + 1);
        var reading = inner.Read();
        // They are the same arguments in an eval; in other texts a use too many only means that the text is edited instead.
        if (_functionDepth == 0) _findings.ArgumentUses += inner._findings.ArgumentUses;
        if (reading is { Outcome: ScriptOutcome.Nothing, Program: { } known }) _findings.Note(known);
        return new(reading.Outcome, reading.Program, inner._findings.DefinesWords);
    }

    private void Block(ShellProblemKind kind, ProgramMatch? match, ShellWord word) => _findings.Block(new(kind, word.Source, word.End), match);

    private EngineRuns Examine(int first, int uses)
    {
        for (; first < _words.Count && _words[first].Traits.Has(WordTraits.Assignment); first++) HintOfText(first);
        if (first == _words.Count) return EngineRuns.None;
        var words = _words.From(first);
        var launch = ShellWrappers.Skip(words);
        if (launch.Program == words.Count) return EngineRuns.None;
        var runs = launch.IsKnown && _matcher(words.From(launch.Program), out var match)
            ? Known(match, first + launch.Program, uses)
            : Unknown(first + launch.Program, uses);
        return launch.Replaces ? runs.Last() : runs;
    }

    /// <summary>A program that was recognized.</summary>
    private EngineRuns Known(ProgramMatch match, int program, int uses)
    {
        if (match.Engine is null || match.Role is ProgramRole.Other or ProgramRole.Downloader)
        {
            _findings.Note(match);
            return EngineRuns.None;
        }

        var word = _words[program];
        var anchor = program + match.OptionsAfter;
        var problem = ProblemOf(program, anchor);
        var takesArguments = TakesArguments(program, uses);
        if (takesArguments) _findings.ArgumentUses = uses;
        if (problem != ShellProblemKind.None) Block(problem, match, word);
        else if (!_findings.Add(new(match, _words[anchor].End, takesArguments, word.Source, word.End))) Block(ShellProblemKind.SeveralEngines, match, word);
        return match.Role is ProgramRole.Server or ProgramRole.Router or ProgramRole.Sidecar ? EngineRuns.One : EngineRuns.None;
    }

    private readonly ShellProblemKind ProblemOf(int program, int anchor)
    {
        if (_outputDepth > 0) return ShellProblemKind.OutputTaken;
        if (_commandTraits.Has(WordTraits.Process)) return ShellProblemKind.ProcessSubstitution;
        if (_commandTraits.Has(WordTraits.Placeholder)) return ShellProblemKind.Placeholder;
        if (anchor < program || anchor >= _words.Count) return ShellProblemKind.Unreadable;
        for (var i = program; i <= anchor; i++)
        {
            if (_words[i].Traits.Has(WordTraits.Output)) return ShellProblemKind.OutputWord;
        }

        return ShellProblemKind.None;
    }

    /// <summary>
    /// A word of the command is exactly the script's arguments, and they are looked at nowhere else in it: given twice they would be set
    /// twice, and what hands them to another command does not hand them to the engine alone.
    /// </summary>
    private readonly bool TakesArguments(int program, int uses)
    {
        if (_functionDepth > 0 || _findings.ArgumentUses != uses + 1 || HasSubstitution) return false;
        for (var i = program + 1; i < _words.Count; i++)
        {
            if (_words[i].Traits.Has(WordTraits.Arguments)) return true;
        }

        return false;
    }

    private readonly bool HasSubstitution => (_commandTraits & (WordTraits.Output | WordTraits.Process)) != WordTraits.None;

    /// <summary>A program that was not recognized: some start others, some say what the script is.</summary>
    private EngineRuns Unknown(int program, int uses)
    {
        var words = _words.From(program);
        var name = words.Program(0);
        switch (name)
        {
            case "":
                return UnknownCommand(program);
            case "eval":
                return Eval(program, uses);
            case "." or "source":
                if (words.Count > 1 && words.Program(1) is not "activate") SuspectScript(program + 1);
                return EngineRuns.None;
            case "alias":
                _findings.HasAliases |= words.Count > 1;
                return EngineRuns.None;
            case "shift":
                CountArguments();
                return EngineRuns.None;
            case "set":
                if (ShellWrappers.SetsArguments(words)) CountArguments();
                return EngineRuns.None;
            case "exit" or "return":
                return EngineRuns.None.Last();
            case var _ when ShellWrappers.IsShell(name):
                return InnerShell(program);
            case var _ when ShellWrappers.StartsNothing(name):
                if (ShellWrappers.OnlyShows(name) && IsSeenByPeople) _findings.ArgumentUses = uses;
                return EngineRuns.None;
            default:
                return Runner(program);
        }
    }

    /// <summary>What the command writes goes to the container's log, not to another program.</summary>
    private readonly bool IsSeenByPeople => _outputDepth == 0 && !_commandTraits.Has(WordTraits.Redirected) && !(Current == '|' && Next != '|');

    /// <summary>A command whose program comes from somewhere.</summary>
    private EngineRuns UnknownCommand(int program)
    {
        var word = _words[program];
        var kind = word.Traits switch
        {
            var t when t.Has(WordTraits.Output) => ShellProblemKind.OutputCommand,
            var t when t.Has(WordTraits.Arguments) => ShellProblemKind.ArgumentsCommand,
            var t when t.Has(WordTraits.Array) => ShellProblemKind.ArrayCommand,
            _ => ShellProblemKind.VariableCommand,
        };
        if (Search(program, kind)) return EngineRuns.One;
        // KubeRay sets it to the command that joins the cluster.
        if (_words.TextOf(program) is not "${KUBERAY_GEN_RAY_START_CMD}") _findings.Suspect(new(kind, word.Source, word.End));
        return EngineRuns.None;
    }

    /// <summary>The words of an <c>eval</c> are a script once more.</summary>
    private EngineRuns Eval(int program, int uses)
    {
        var mark = _words.Mark;
        _words.AppendWords(program + 1);
        var reading = ReadText(mark.Length);
        _words.Release(mark);
        // What an eval defines holds for the rest of the script.
        _findings.HasAliases |= reading.DefinesWords;
        var word = _words[program];
        var isPlain = _functionDepth == 0 && _outputDepth == 0 && _findings.ArgumentUses <= uses + 1 && !HasSubstitution;
        if (reading is { Outcome: ScriptOutcome.Arguments, Program: { } match } && isPlain)
        {
            _findings.ArgumentUses = uses;
            _findings.Add(new(match, -1, TakesArguments: true, word.Source, word.End));
            return EngineRuns.One;
        }

        if (reading.StartsEngine) Block(ShellProblemKind.StartedBy, reading.Program, word);
        else if (reading.Outcome == ScriptOutcome.Opaque) _findings.Suspect(new(ShellProblemKind.StartedBy, word.Source, word.End));
        return reading.StartsEngine ? EngineRuns.One : EngineRuns.None;
    }

    /// <summary><c>sh -c SCRIPT</c>, <c>sh file</c>, or a shell that reads its standard input.</summary>
    private EngineRuns InnerShell(int program)
    {
        var words = _words.From(program);
        var operand = ShellWrappers.ScriptOfShell(words, out var isText);
        if (operand == words.Count)
        {
            _findings.Suspect(new(ShellProblemKind.StandardInput, _words[program].Source, _words[program].End));
            return EngineRuns.None;
        }

        if (isText) return Text(program, program + operand, _words[program].Source, _words[program + operand - 1].End);
        if (_matcher(words.From(operand), out var match)) _findings.Note(match);
        else SuspectScript(program + operand);
        return EngineRuns.None;
    }

    /// <summary>A word that another program runs as a script.</summary>
    private EngineRuns Text(int program, int text, int start, int end)
    {
        var mark = _words.Mark;
        _words.Append(_words.TextOf(text));
        var reading = ReadText(mark.Length);
        _words.Release(mark);
        var problem = new ShellProblem(ShellProblemKind.StartedBy, start, end);
        if (reading.StartsEngine) _findings.Block(problem, reading.Program);
        else if (reading.Outcome == ScriptOutcome.Opaque && ShellWrappers.IsShell(_words.From(program).Program(0))) _findings.Suspect(problem);
        return reading.StartsEngine ? EngineRuns.One : EngineRuns.None;
    }

    private void SuspectScript(int word) => _findings.Suspect(new(ShellProblemKind.OtherScript, _words[word].Source, _words[word].End));

    /// <summary>Any other program may start what its words say: <c>xargs vllm serve</c>, <c>ssh host 'vllm serve m'</c>, <c>trap</c>.</summary>
    private EngineRuns Runner(int program)
    {
        if (Search(program, ShellProblemKind.StartedBy)) return EngineRuns.One;
        var words = _words.From(program);
        if (words.Program(0).EndsWith(".sh")) SuspectScript(program);
        var runs = EngineRuns.None;
        if (!ShellWrappers.RunsText(words.Program(0))) return runs;
        for (var i = program + 1; i < Math.Min(_words.Count, program + MaxWordsToSearch); i++)
        {
            if (_words.TextOf(i).Contains(' ')) runs = runs.Or(Text(program, i, _words[program].Source, _words[program].End));
        }

        return runs;
    }

    /// <summary>True when an engine's command stands among the words behind a program.</summary>
    private bool Search(int program, ShellProblemKind kind)
    {
        var words = _words.From(program);
        for (var i = 1; i < Math.Min(words.Count, MaxWordsToSearch); i++)
        {
            if (!words.IsOperand(i)) continue;
            if (ShellWrappers.IsShell(words.Program(i)))
            {
                var operand = ShellWrappers.ScriptOfShell(words.From(i), out var isText);
                return isText && Text(program + i, program + i + operand, _words[program].Source, _words[program].End).Most > 0;
            }

            if (!_matcher(words.From(i), out var match) || match.Engine is null || match.Role is ProgramRole.Other or ProgramRole.Downloader) continue;
            Block(kind, match, _words[program]);
            return true;
        }

        return false;
    }

    /// <summary>An engine's command that a variable holds, for the case that the variable is run.</summary>
    private void HintOfText(int assignment)
    {
        var text = _words.TextOf(assignment);
        var value = text.IndexOf('=') + 1;
        if (!text[value..].Contains(' ')) return;
        var mark = _words.Mark;
        _words.Append(text[value..]);
        var (uses, reading) = (_findings.ArgumentUses, ReadText(mark.Length));
        _findings.ArgumentUses = uses;
        _words.Release(mark);
        if (reading is { StartsEngine: true, Program: { } match }) _findings.Hint(match);
    }

    private void HintOf(CommandWords words)
    {
        if (_matcher(words, out var match) && match.Engine is not null) _findings.Hint(match);
    }
}
