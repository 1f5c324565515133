using System.Text;
using Spectre.Console;

namespace Spanhook.Cli;

/// <summary>Where a command reads and writes; the only place that knows the process's console.</summary>
internal sealed class Terminal(TextReader input, TextWriter output, TextWriter error) : IDisposable
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public TextReader In => input;

    public TextWriter Out => output;

    /// <summary>Whether <see cref="Out"/> is a terminal that shows colours.</summary>
    public bool HasColours { get; init; }

    /// <summary>Columns of the terminal.</summary>
    public int Width { get; init; } = 120;

    public static Terminal OfProcess()
    {
        // Colours only for a person's terminal, and never against NO_COLOR (no-color.org) or a dumb terminal.
        var hasColours = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") != "dumb";
        return new Terminal(
            new StreamReader(Console.OpenStandardInput(), Utf8),
            new StreamWriter(Console.OpenStandardOutput(), Utf8) { NewLine = "\n" },
            new StreamWriter(Console.OpenStandardError(), Utf8) { NewLine = "\n", AutoFlush = true })
        {
            HasColours = hasColours,
            Width = Console.IsOutputRedirected ? 120 : Math.Max(Console.WindowWidth, 40),
        };
    }

    /// <summary>One line, as kubectl says it.</summary>
    public void Error(string message) => error.WriteLine($"error: {message}");

    /// <inheritdoc cref="Error"/>
    public void Warning(string message) => error.WriteLine($"Warning: {message}");

    /// <summary>A console on <see cref="Out"/> that never breaks lines by itself, so that piped text is stable.</summary>
    public IAnsiConsole Styled(int? width = null)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = HasColours ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = HasColours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = width ?? 100_000;
        return console;
    }

    public void Dispose()
    {
        input.Dispose();
        output.Dispose();
        error.Dispose();
    }
}
