using Spanhook.Injection.CommandLine;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>
/// The wrapper for a version that is not known: a shell that adds the options only if Python finds the packages, and becomes the engine
/// either way. PID, signals and quoting stay as they are.
/// </summary>
internal static class Guard
{
    private const string Modules = "opentelemetry.sdk.trace, opentelemetry.exporter.otlp.proto.grpc.trace_exporter, opentelemetry.exporter.otlp.proto.http.trace_exporter";

    /// <summary>The words to put before a command.</summary>
    /// <param name="python">The interpreter that the engine runs with.</param>
    /// <param name="options">The options to add.</param>
    public static string[] Words(string python, IReadOnlyList<string> options)
    {
        var quoted = string.Join(' ', options.Select(ShellQuote.Quote));
        return ["/bin/sh", "-c", $"if {python} -c \"import {Modules}\" >/dev/null 2>&1; then exec \"$@\" {quoted}; fi; exec \"$@\"", "sh"];
    }

    /// <summary>True for a script that this class wrote.</summary>
    public static bool IsGuard(ReadOnlySpan<char> script) =>
        script.StartsWith("if ") && script.Contains("-c \"import " + Modules + "\"", StringComparison.Ordinal) && script.EndsWith("fi; exec \"$@\"");

    /// <summary>The interpreter beside a program of a virtual environment, Python itself when the command names it, else the one on PATH.</summary>
    public static string PythonOf(string program)
    {
        var slash = program.LastIndexOf('/');
        if (PythonCommand.IsPython(program.AsSpan(slash + 1))) return ShellQuote.Quote(program);
        return program.Contains("/venv/bin/", StringComparison.Ordinal) || program.Contains("/.venv/bin/", StringComparison.Ordinal)
            ? ShellQuote.Quote(program[..slash] + "/python3")
            : "python3";
    }
}
