using System.Text.Json.Nodes;
using Spanhook.Manifests;
using Spectre.Console;

namespace Spanhook.Cli.Checking;

/// <summary>A line per check, and below it what to do.</summary>
internal static class CheckReport
{
    public static void WriteText(Terminal terminal, IReadOnlyList<CheckResult> results)
    {
        var console = terminal.Styled();
        var width = results.Max(result => result.Name.Length);
        foreach (var result in results)
        {
            var line = new Paragraph();
            line.Append($"{Word(result.Level),-4}", new Style(Colour(result.Level), decoration: Decoration.Bold));
            line.Append($"  {result.Name.PadRight(width)}  {OneLine(result.Message)}");
            if (result.Fix is { } fix) line.Append($"\n{new string(' ', width + 8)}{OneLine(fix)}");
            console.Write(line);
            console.WriteLine();
        }

        var (fails, warns) = (results.Count(result => result.Level == CheckLevel.Fail), results.Count(result => result.Level == CheckLevel.Warn));
        terminal.Out.Write($"\n{results.Count} checks, {fails} failed, {warns} {(warns == 1 ? "warning" : "warnings")}\n");
    }

    public static void WriteJson(TextWriter output, IReadOnlyList<CheckResult> results) => output.Write(ManifestWriter.ToJson(new JsonArray([.. results.Select(result => new JsonObject
    {
        ["check"] = result.Name,
        ["result"] = Word(result.Level),
        ["message"] = result.Message,
        ["fix"] = result.Fix,
    })])));

    private static string Word(CheckLevel level) => level switch
    {
        CheckLevel.Ok => "OK",
        CheckLevel.Warn => "WARN",
        _ => "FAIL",
    };

    private static Color Colour(CheckLevel level) => level switch
    {
        CheckLevel.Ok => Color.Green,
        CheckLevel.Warn => Color.Yellow,
        _ => Color.Red,
    };

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
