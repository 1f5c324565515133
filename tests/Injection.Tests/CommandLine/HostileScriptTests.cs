using Spanhook.Injection.CommandLine;
using Spanhook.Injection.Injectors.Engines;

namespace Spanhook.Injection.Tests.CommandLine;

/// <summary>Text that means harm, or nothing: it costs no more than its length and is never edited wrongly.</summary>
public sealed class HostileScriptTests
{
    private static readonly string[] Pieces =
    [
        "'", "\"", "`", "$(", "${", "$((", "((", "(", ")", "{ ", "} ", "[[ ", "<<E", "<<E\n", "<<E;", "if ", "if a; then ", "case x in ", "case x in x) ", "for ", "for i in ", "while ", "f() ", "f() { ", "function f ",
        "A=( ", "$'", "\\", "&", "|", ";", ";;", "! ", "time ", "exec ", "env ", "eval ", "eval '", "eval \"", "bash -c \"", "$", "$$", "$(A)", "$$(", "a[", "a[0 ", "<", ">", "<(", "#", "\n", "a ", "a", "\t", "\r", "\uFEFF", "\uD800",
        "vllm serve m; ", "vllm serve m || ", "xargs vllm ", "x ray ", "x vllm serve ", "\"${X:-'", "\"${X:-\"", "elif a; then ", "a) ", "A=\"a b\" ", "A=\"vllm serve m\" ", "echo `", "$((1))", "$(a)", "`a`", "${a}", "\"$@\" ", "\"a b\"", "${a:-b}",
    ];

    [Fact]
    public void What_is_not_closed_is_refused_or_starts_nothing_however_often_it_is_repeated() => Assert.All(Pieces, piece =>
    {
        foreach (var times in (int[])[1, 2, 63, 64, 65, 1000, 20_000])
        {
            foreach (var script in (string[])[Repeat(piece, times), $"vllm serve m {Repeat(piece, times)}", $"{Repeat(piece, times)} vllm serve m"])
            {
                var reading = ScriptEdit.Read(script);
                Assert.All(reading.Places, place => Assert.InRange(place, 1, script.Length));
                Assert.Equal(reading.Outcome == ScriptOutcome.Opaque, reading.Problem is not null);
            }
        }
    });

    /// <summary>Twice the text asks the matcher twice as often, not four times.</summary>
    [Fact]
    public void A_mebibyte_is_read_once() => Assert.All(Pieces, piece =>
    {
        const int Length = 1 << 20;
        Assert.InRange(Asked(Repeat(piece, Length / piece.Length)), 0, Length);
    });

    [Theory]
    [InlineData("vllm serve m\0", "NUL")]
    [InlineData("\0", "NUL")]
    [InlineData("vllm serve 'm", "not closed")]
    [InlineData("vllm serve m <<E\nx", "here-document")]
    [InlineData("vllm serve m; fi", "cannot be read")]
    public void A_script_that_cannot_be_read_is_refused(string script, string problem)
    {
        var reading = ScriptEdit.Read(script);
        Assert.Equal(ScriptOutcome.Opaque, reading.Outcome);
        Assert.Contains(problem, reading.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_is_limited() => Assert.All(((string, string)[])[("( ", ")"), ("{ ", "; }"), ("if a; then ", "; fi"), ("echo $(", ")"), ("echo ${a:-", "}"), ("f() ", "")], pair =>
    {
        Assert.NotEqual(ScriptOutcome.Opaque, ScriptEdit.Read($"{Repeat(pair.Item1, 20)}true{Repeat(pair.Item2, 20)}").Outcome);
        Assert.Contains("too deeply", ScriptEdit.Read($"{Repeat(pair.Item1, 1000)}true{Repeat(pair.Item2, 1000)}").Problem, StringComparison.Ordinal);
    });

    private static string Repeat(string piece, int times) => string.Concat(Enumerable.Repeat(piece, times));

    /// <summary>How many words a matcher is shown while a script is read.</summary>
    private static int Asked(string script)
    {
        var asked = 0;
        ShellScript.Read(script, (in CommandWords words, out ProgramMatch match) =>
        {
            asked++;
            return EngineCatalog.Match(words, out match);
        });
        return asked;
    }
}
