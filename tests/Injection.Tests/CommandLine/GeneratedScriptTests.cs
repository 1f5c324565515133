using Spanhook.Injection.CommandLine;
using Spanhook.Injection.Tests.Properties;
using Spanhook.Injection.Tests.Scripts;

namespace Spanhook.Injection.Tests.CommandLine;

/// <summary>Scripts that nobody wrote: edited without a change of meaning, or refused.</summary>
public sealed class GeneratedScriptTests
{
    private const int Scripts = 1200;

    [Theory]
    [InlineData("dash", 0)]
    [InlineData("bash", Scripts)]
    public void A_generated_script_does_the_same_as_before_but_for_our_flag(string shell, int first)
    {
        Assert.SkipUnless(ShellExecution.IsPresent, ShellExecution.Absent);
        var scripts = Enumerable.Range(first, Scripts).Select(number =>
        {
            var dice = new Dice(number);
            return EditedScript.Of($"number {number}", new ScriptGenerator(dice).Script(), dice.Chance(30) ? ["p 1", "q"] : []);
        }).ToList();
        var changed = scripts.FindAll(script => script.IsChanged);
        var refused = scripts.Except(changed).GroupBy(script => script.Reading.Problem ?? $"{script.Reading.Outcome}").OrderByDescending(group => group.Count());
        Assert.True(changed.Count >= Scripts * 6 / 10, $"{changed.Count} of {Scripts}; {string.Join("; ", refused.Select(group => $"{group.Count()} {group.Key}: {group.First().Script}"))}");

        using var execution = new ShellExecution();
        var engines = EditedScript.AssertLaw(execution, shell, changed);
        Assert.True(engines >= changed.Count / 2, $"only {engines} engines were started by {changed.Count} scripts");
    }

    /// <summary>Most of it is no script at all, but some is, and of those many are strange.</summary>
    [Theory]
    [InlineData("dash")]
    [InlineData("bash")]
    public void Words_and_operators_in_any_order_are_refused_or_mean_the_same(string shell)
    {
        Assert.SkipUnless(ShellExecution.IsPresent, ShellExecution.Absent);
        var changed = Enumerable.Range(0, 30_000).Select(number => EditedScript.Of($"soup {number}", Soup(new Dice(number)), ["p 1"])).Where(script => script.IsChanged).Take(1500).ToList();
        using var execution = new ShellExecution();
        Assert.True(EditedScript.AssertLaw(execution, shell, changed) > 100);
    }

    [Fact]
    public void Whatever_is_read_the_places_are_in_it()
    {
        for (var number = 0; number < 40_000; number++)
        {
            var dice = new Dice(number);
            var script = dice.Chance(50) ? Soup(dice) : string.Create(dice.UpTo(40), dice, static (text, dice) =>
            {
                foreach (ref var character in text) character = (char)(dice.Chance(90) ? dice.UpTo(127) : dice.UpTo(0xFFFF));
            });
            var reading = ScriptEdit.Read(script);
            Assert.All(reading.Places, place => Assert.InRange(place, 1, script.Length));
            Assert.Equal(reading.Outcome == ScriptOutcome.Opaque, reading.Problem is not null);
            Assert.Equal(reading.Outcome == ScriptOutcome.Insert, reading.Places.Count > 0 && reading.Outcome != ScriptOutcome.Arguments);
        }
    }

    private static string Soup(Dice dice)
    {
        var script = "";
        dice.Some(6, _ => script += Token(dice));
        script += dice.Of("vllm serve m", "vllm serve m --x ", " vllm serve $TWO ", "vllm serve \"$@\"", "python3 -m vllm.entrypoints.openai.api_server");
        dice.Some(8, _ => script += Token(dice));
        return script;
    }

    /// <summary>Functions can be defined but have no name that stands for itself: one that calls itself would never end.</summary>
    private static string Token(Dice dice) => dice.Of(
        " ", " ", " ", "\n", "\n", ";", ";", "; ", "&&", "||", "|", "&", "\"", "'", "\\", "\\\n", "$", "(", ")", "{ ", "}", "; }", "if true; then ", "; fi", "else ", "case m in ", "m) ", ";;", " esac", "#", " # ",
        "<<E\n", "E\n", "<<'E'\n", "$(", "`", "\"$@\"", "$@", "${PORT:-", "exec ", "eval ", "! ", "=", "A=", "A=(", "echo ", "notify ", ">", "<", "2>", "f() ", "$$", "$((", "))", "[[ ", " ]]", "do ", "; done", "for i in 1; ", "m", "8",
        "env ", "time ", "$'", "{a,b}", "~", "\t", "\r", "-", "--", "function g ", "vllm", "serve", "&>", "<(", ">&2 ", "set -- x;", "$(MODEL)", "\\$", "&& ", "|| exit;", "return;");
}
