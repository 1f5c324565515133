namespace Spanhook.Injection.CommandLine;

/// <summary>What a program that was recognized does in its container.</summary>
internal enum ProgramRole
{
    /// <summary>Nothing that is known.</summary>
    Other,

    /// <summary>Fetches a model and ends.</summary>
    Downloader,

    /// <summary>Lends its devices to a server elsewhere: a Ray worker, another rank.</summary>
    Worker,

    /// <summary>Stands beside a server in its pod.</summary>
    Sidecar,

    /// <summary>Tokenizes for servers elsewhere.</summary>
    Render,

    /// <summary>An engine that serves no requests itself.</summary>
    Headless,

    /// <summary>Stands before servers.</summary>
    Router,

    /// <summary>Answers requests.</summary>
    Server,
}

/// <summary>What of a command line decides whether tracing may be added.</summary>
[Flags]
internal enum ProgramOptions
{
    None = 0,

    /// <summary>Tracing is set up already, in whatever spelling.</summary>
    TracingIsSet = 1,

    /// <summary>Request statistics are off, without which a traced engine stops.</summary>
    LogStatsDisabled = 2,

    /// <summary>A file with further options is read, which cannot be seen.</summary>
    ConfigFile = 4,

    /// <summary>It runs, but how it takes options is not known well enough to add one.</summary>
    TakesNoOptions = 8,

    /// <summary>It is told its place among several: only the first of them answers requests.</summary>
    RankIsGiven = 16,
}

/// <summary>A program that was recognized by its words.</summary>
/// <param name="Engine">The injector that knows it; null for a program that is known and no engine.</param>
/// <param name="Role">What it does.</param>
/// <param name="OptionsAfter">The place, in the words, of the one behind which options may stand: a subcommand, a model, a module.</param>
/// <param name="Options">What its command line says.</param>
internal readonly record struct ProgramMatch(string? Engine, ProgramRole Role, int OptionsAfter, ProgramOptions Options = ProgramOptions.None);

/// <summary>Recognizes a program by its words: program first, wrappers and assignments left away.</summary>
/// <returns>True when it is known, an engine or not.</returns>
internal delegate bool ProgramMatcher(in CommandWords words, out ProgramMatch match);
