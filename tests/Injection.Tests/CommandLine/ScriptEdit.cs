using Spanhook.Injection.CommandLine;
using Spanhook.Injection.Injectors.Engines;

namespace Spanhook.Injection.Tests.CommandLine;

/// <summary>A script and what becomes of it, as a caller would do it.</summary>
internal static class ScriptEdit
{
    public const string Flag = "--otlp-traces-endpoint=http://collector:4317";

    public static ScriptReading Read(string script) => ShellScript.Read(script, EngineCatalog.Match);

    /// <summary>Whether a caller would put options into the text.</summary>
    public static bool IsInserted(ScriptReading reading) => reading.Outcome == ScriptOutcome.Insert && IsWanted(reading);

    /// <summary>Whether a caller would append options to the script's arguments.</summary>
    public static bool IsAppended(ScriptReading reading) => reading.Outcome == ScriptOutcome.Arguments && IsWanted(reading);

    public static string Insert(string script, IReadOnlyList<int> places, string flags)
    {
        foreach (var place in places.Reverse()) script = script.Insert(place, flags);
        return script;
    }

    private static bool IsWanted(ScriptReading reading) =>
        reading.Program is { Engine: { } engine, Role: ProgramRole.Server } program && EngineCatalog.Named(engine) is not (null or DynamoInjector)
        && !program.Options.HasFlag(ProgramOptions.TracingIsSet) && !program.Options.HasFlag(ProgramOptions.TakesNoOptions);
}
