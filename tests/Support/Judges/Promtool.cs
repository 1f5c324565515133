using System.ComponentModel;
using System.Diagnostics;

namespace Spanhook.Support.Judges;

/// <summary><c>promtool check metrics</c>: Prometheus' own parser of its text format, and its rules for names.</summary>
public static class Promtool
{
    public const string Absent = "promtool is not on PATH (Debian: prometheus): it is the judge that parses the metrics as Prometheus does";

    private const int ParsedWithFindings = 3;

    public static bool IsPresent { get; } = TryRun("--version", "", out _, out _);

    /// <summary>Fails when the page cannot be parsed; else what is said about its names, a line for each.</summary>
    public static IReadOnlyList<string> Findings(string page)
    {
        if (!TryRun("check metrics", page, out var code, out var said)) Assert.Fail(said);
        Assert.True(code is 0 or ParsedWithFindings, $"promtool ended with {code}: {said}");
        return code == 0 ? [] : said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static bool TryRun(string arguments, string input, out int code, out string said)
    {
        var start = new ProcessStartInfo("promtool", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.StandardInputEncoding = new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEndAsync();
            process.StandardInput.Write(input);
            process.StandardInput.Close();
            process.WaitForExit();
            (code, said) = (process.ExitCode, error.GetAwaiter().GetResult() + output.GetAwaiter().GetResult());
            return true;
        }
        catch (Win32Exception e)
        {
            (code, said) = (-1, e.Message);
            return false;
        }
    }
}
