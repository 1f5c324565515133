using System.Text.Json.Nodes;

namespace Spanhook.Cli.Tests;

/// <summary>One run of the command line in process, with standard streams of its own.</summary>
internal sealed record CliRun(int ExitCode, string Out, string Error)
{
    public JsonNode Json => JsonNode.Parse(Out)!;

    public static CliRun Of(params string[] args) => With("", args);

    public static CliRun With(string input, params string[] args) => With(input, hasColours: false, args);

    public static CliRun With(string input, bool hasColours, params string[] args)
    {
        using var reader = new StringReader(input);
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        using var terminal = new Terminal(reader, output, error) { HasColours = hasColours };
        var code = CommandLine.Run(args, terminal);
        return new CliRun(code, output.ToString(), error.ToString());
    }
}
