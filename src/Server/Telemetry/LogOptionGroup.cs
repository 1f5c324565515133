using System.CommandLine;
using Spanhook.Server.Hosting;

namespace Spanhook.Server.Telemetry;

/// <summary>The options of <see cref="LogOptions"/>.</summary>
internal sealed class LogOptionGroup(ServerSettings settings) : OptionGroup<LogOptions>
{
    private static readonly string[] Levels = ["trace", "debug", "information", "warning", "error"];

    private readonly Option<string?> _format = settings.Text("--log-format", "json|text", "Form of the log lines. Default: text on a terminal, json elsewhere.", null);
    private readonly Option<string?> _level = settings.Text("--log-level", "LEVEL", string.Join(", ", Levels) + ".", "information");

    public override LogOptions Read(ParseResult result) => new()
    {
        Format = result.GetValue(_format) ?? (Console.IsOutputRedirected ? "json" : "text"),
        Level = Enum.Parse<LogLevel>(result.GetValue(_level)!, ignoreCase: true),
    };

    public override IEnumerable<string> Problems(ParseResult result)
    {
        if (result.GetValue(_format) is not (null or "json" or "text")) yield return $"--log-format '{result.GetValue(_format)}' is not known: write json or text";
        if (!Levels.Contains(result.GetValue(_level), StringComparer.OrdinalIgnoreCase))
            yield return $"--log-level '{result.GetValue(_level)}' is not known: write {string.Join(", ", Levels)}";
    }
}
