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

    /// <summary>Whether somebody sits there who can be asked.</summary>
    public bool CanAsk { get; init; }

    /// <summary>For what waits, and for the time that is written down.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

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
            CanAsk = !Console.IsInputRedirected && !Console.IsErrorRedirected,
            Width = Console.IsOutputRedirected ? 120 : Math.Max(Console.WindowWidth, 40),
        };
    }

    /// <summary>One line, as kubectl says it.</summary>
    public void Error(string message) => error.WriteLine($"error: {message}");

    /// <inheritdoc cref="Error"/>
    public void Warning(string message) => error.WriteLine($"Warning: {message}");

    /// <summary>What is going on, beside the result.</summary>
    public void Note(string message) => error.WriteLine(message);

    /// <summary>A question that only <c>yes</c> answers; who cannot be asked has not said it.</summary>
    public bool Confirms(string question)
    {
        if (!CanAsk) return false;
        error.Write($"{question} [yes/no] ");
        return input.ReadLine()?.Trim() is "yes" or "y";
    }

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
