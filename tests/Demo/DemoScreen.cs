using System.Globalization;
using System.Text;
using Spectre.Console;

namespace Spanhook.Demo;

/// <summary>What a person sees: colours on a terminal, the same words in a pipe.</summary>
internal sealed class DemoScreen
{
    private static readonly Style Title = new(decoration: Decoration.Bold);
    private static readonly Style Faint = new(decoration: Decoration.Dim);
    private static readonly Style Good = new(Color.Green);
    private static readonly Style Bad = new(Color.Red);
    private static readonly Style Hunk = new(Color.Teal);
    private static readonly Style Warned = new(Color.Olive);

    private readonly IAnsiConsole _console;

    public DemoScreen()
    {
        // Never against NO_COLOR (no-color.org), nor into a file or a dumb terminal.
        var hasColours = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") != "dumb";
        var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n", AutoFlush = true };
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = hasColours ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = hasColours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        _console.Profile.Width = 100_000; // lines are never broken: a terminal does that, and a pipe wants them whole
    }

    public void Heading(string text) => Line((text, Title));

    public void Blank() => Line();

    public void Fact(string name, string text) => Line(($"  {name,-9}", Faint), (text, Style.Plain));

    public void Plain(string text) => Line((text, Style.Plain));

    public void Diff(IReadOnlyList<DiffLine> lines)
    {
        foreach (var (sign, text) in lines)
        {
            if (sign == '@') Line((text, Hunk));
            else Line((sign + text, sign switch { '+' => Good, '-' => Bad, _ => Faint }));
        }
    }

    public void Answer(Answer answer, string added)
    {
        Fact("answer", string.Create(CultureInfo.InvariantCulture, $"allowed, with a patch of {answer.Patch.Length:N0} bytes"));
        Fact("added", added.Length == 0 ? "nothing" : added);
        Fact("audit", answer.Audit ?? "nothing");
        foreach (var warning in answer.Warnings) Line(($"  {"warning",-9}", Faint), (warning, Warned));
    }

    public void Check(string words, bool isTrue) => Line(($"  {(isTrue ? "✓" : "✗"),-9}", isTrue ? Good : Bad), (words, Style.Plain));

    private void Line(params IReadOnlyList<(string Text, Style Style)> parts)
    {
        // A Paragraph, because markup would read the brackets of a YAML list.
        var line = new Paragraph();
        foreach (var (text, style) in parts) line.Append(text, style);
        _console.Write(line);
        _console.WriteLine();
    }
}
