namespace Spanhook.Injection.CommandLine;

/// <summary>What can be done with a shell script to give its engine more options.</summary>
internal enum ScriptOutcome
{
    /// <summary>It starts no engine.</summary>
    Nothing,

    /// <summary>It starts one engine, or one of several that exclude each other: options go into its text.</summary>
    Insert,

    /// <summary>It starts one engine and hands its own arguments on: options may be appended to them.</summary>
    Arguments,

    /// <summary>It may start an engine, in a way that cannot be extended safely.</summary>
    Opaque,
}

/// <summary>What a shell script was found to start.</summary>
/// <param name="Outcome">What can be done.</param>
/// <param name="Program">
/// The engine. Of an opaque script: the engine where it can be told. Of a script without one: the most important of the programs that are known.
/// </param>
/// <param name="Places">
/// Where options go: offsets in the script, ascending, each directly behind a word. Also given for <see cref="ScriptOutcome.Arguments"/>
/// where the text can be edited as well; never for an opaque script.
/// </param>
/// <param name="Problem">Why the script is opaque, as the end of the sentence "the engine's command line cannot be extended safely: …"; else null.</param>
internal readonly record struct ScriptReading(ScriptOutcome Outcome, ProgramMatch? Program, IReadOnlyList<int> Places, string? Problem);
