using System.Buffers;

namespace Spanhook.Injection.CommandLine;

/// <summary>What was found in a script, and what follows from all of it.</summary>
internal struct ScriptFindings() : IDisposable
{
    private const int MaxFunctions = 32;
    private const int MaxEngines = 32;

    private EngineCommand[]? _engines;
    private (int Start, int End)[]? _functions;
    private int _engineCount;
    private int _functionCount;
    private ShellProblem _blocked;
    private ShellProblem _suspected;
    private ProgramMatch? _hidden;
    private ProgramMatch? _hint;
    private ProgramMatch? _other;

    /// <summary>How often the script's arguments are looked at by others than an engine's command.</summary>
    public int ArgumentUses { get; set; }

    /// <summary>Aliases are defined: words may mean anything.</summary>
    public bool HasAliases { get; set; }

    /// <summary>Aliases or functions are defined.</summary>
    public readonly bool DefinesWords => HasAliases || _functionCount > 0;

    /// <summary>Notes a known program that is no engine.</summary>
    public void Note(ProgramMatch match)
    {
        if (_other is not { } known || match.Role > known.Role) _other = match;
    }

    /// <summary>Notes an engine that stands somewhere as data; it is told when something unknown runs.</summary>
    public void Hint(ProgramMatch match) => _hint ??= match;

    /// <summary>Notes something that may start an engine, or anything else.</summary>
    public void Suspect(ShellProblem problem, ProgramMatch? match = null)
    {
        if (_suspected.Kind == ShellProblemKind.None) _suspected = problem;
        if (match is { } found) Hint(found);
    }

    /// <summary>Notes an engine that is started in a way that cannot be extended.</summary>
    public void Block(ShellProblem problem, ProgramMatch? match)
    {
        if (_blocked.Kind != ShellProblemKind.None) return;
        (_blocked, _hidden) = (problem, match);
    }

    /// <summary>Notes an engine's command. False when there are too many.</summary>
    public bool Add(EngineCommand engine)
    {
        _engines ??= ArrayPool<EngineCommand>.Shared.Rent(MaxEngines);
        if (_engineCount == MaxEngines) return false;
        _engines[_engineCount++] = engine;
        return true;
    }

    /// <summary>Notes a function by its name, a range of the script. False when there are too many.</summary>
    public bool AddFunction(int start, int end)
    {
        _functions ??= ArrayPool<(int, int)>.Shared.Rent(MaxFunctions);
        if (_functionCount == MaxFunctions) return false;
        _functions[_functionCount++] = (start, end);
        return true;
    }

    /// <summary>
    /// What can be done, the first that holds: it cannot be read; an engine is there that cannot be extended; there are engines; something
    /// unknown runs; nothing. So a plain command wins over what is merely unknown, unless that is known to be an engine's command too.
    /// </summary>
    public readonly ScriptReading Conclude(ReadOnlySpan<char> text, EngineRuns runs, ShellProblem unreadable, bool describe)
    {
        var problem = unreadable.Kind != ShellProblemKind.None ? unreadable : _blocked.Kind != ShellProblemKind.None ? _blocked : default;
        if (problem.Kind == ShellProblemKind.None && _engineCount > 0) problem = ProblemOfEngines(text, runs);
        if (problem.Kind == ShellProblemKind.None && (_engineCount == 0 || RunsHint)) problem = _suspected;
        if (problem.Kind != ShellProblemKind.None) return new(ScriptOutcome.Opaque, Engine, [], describe ? problem.Describe(text) : null);
        if (_engineCount == 0) return new(ScriptOutcome.Nothing, _other, [], null);
        return new(TakesArguments() ? ScriptOutcome.Arguments : ScriptOutcome.Insert, MostImportant().Match, Places(), null);
    }

    public readonly void Dispose()
    {
        if (_engines is not null) ArrayPool<EngineCommand>.Shared.Return(_engines, clearArray: true);
        if (_functions is not null) ArrayPool<(int, int)>.Shared.Return(_functions);
    }

    private readonly ReadOnlySpan<EngineCommand> Engines => _engines.AsSpan(0, _engineCount);

    /// <summary>A variable is run, and one holds an engine's command: it may be started beside those that are seen.</summary>
    private readonly bool RunsHint => _hint is not null && _suspected.Kind is (ShellProblemKind.VariableCommand or ShellProblemKind.ArrayCommand);

    /// <summary>The engine of an opaque script, where it can be told.</summary>
    private readonly ProgramMatch? Engine => _engineCount > 0 ? MostImportant().Match : _hidden ?? _hint ?? _other;

    private readonly ShellProblem ProblemOfEngines(ReadOnlySpan<char> text, EngineRuns runs)
    {
        if (HasAliases) return new(ShellProblemKind.Alias);
        if (runs.Most > 1) return new(ShellProblemKind.SeveralEngines);
        var chosen = MostImportant();
        foreach (var engine in Engines)
        {
            if (engine.IsExtended && chosen.IsExtended && engine.Match.Engine != chosen.Match.Engine) return new(ShellProblemKind.SeveralEngines);
            foreach (var (start, end) in _functions.AsSpan(0, _functionCount))
            {
                var name = text[start..end];
                var isCalled = text[engine.Program..engine.ProgramEnd].Trim("'\"\\").SequenceEqual(name);
                if (isCalled || ShellWrappers.Interprets(name)) return new(ShellProblemKind.Function, start, end);
            }
        }

        return TakesArguments() || Places().Length > 0 ? default : new ShellProblem(ShellProblemKind.StartedBy, chosen.Program, chosen.ProgramEnd);
    }

    /// <summary>The engine that the script is there for: of several, the one that answers requests, and of these one that nothing is set for.</summary>
    private readonly EngineCommand MostImportant()
    {
        var chosen = Engines[0];
        foreach (var engine in Engines[1..])
        {
            var order = engine.Match.Role.CompareTo(chosen.Match.Role);
            if (order > 0 || (order == 0 && engine.Match.Options < chosen.Match.Options)) chosen = engine;
        }

        return chosen;
    }

    /// <summary>All commands like the most important one hand the script's arguments on, and nothing else takes them.</summary>
    private readonly bool TakesArguments()
    {
        if (ArgumentUses > 0) return false;
        foreach (var engine in Engines)
        {
            if (!engine.TakesArguments) return false;
        }

        return true;
    }

    /// <summary>The places of all commands like the most important one; none when one of them has none.</summary>
    private readonly int[] Places()
    {
        var chosen = MostImportant();
        var places = new int[_engineCount];
        var count = 0;
        foreach (var engine in Engines)
        {
            if (!engine.IsLike(chosen)) continue;
            if (engine.Place < 0) return [];
            places[count++] = engine.Place;
        }

        return count == places.Length ? places : places[..count];
    }
}

/// <summary>An engine's command in a script.</summary>
/// <param name="Match">The engine.</param>
/// <param name="Place">Where options go; -1 when the text cannot be edited.</param>
/// <param name="TakesArguments">The script's own arguments are words of it.</param>
/// <param name="Program">Where the program's word begins in the script.</param>
/// <param name="ProgramEnd">Where it ends.</param>
internal readonly record struct EngineCommand(ProgramMatch Match, int Place, bool TakesArguments, int Program, int ProgramEnd)
{
    /// <summary>It is one of those that options are added to, of which only one may run.</summary>
    public bool IsExtended => Match.Role is ProgramRole.Server or ProgramRole.Router or ProgramRole.Sidecar;

    public bool IsLike(EngineCommand other) =>
        Match.Engine == other.Match.Engine && Match.Role == other.Match.Role && Match.Options == other.Match.Options;
}
