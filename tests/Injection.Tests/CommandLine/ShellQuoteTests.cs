using Spanhook.Injection.CommandLine;
using Spanhook.Injection.Tests.Scripts;

namespace Spanhook.Injection.Tests.CommandLine;

public sealed class ShellQuoteTests
{
    [Theory]
    [InlineData("--otlp-traces-endpoint=http://collector.observability:4317", "--otlp-traces-endpoint=http://collector.observability:4317")]
    [InlineData("--otlp-traces-endpoint=http://$(NODE_IP):4317", "'--otlp-traces-endpoint=http://$(NODE_IP):4317'")]
    [InlineData("", "''")]
    [InlineData("a b", "'a b'")]
    [InlineData("it's", @"'it'\''s'")]
    [InlineData("[::1]", "'[::1]'")]
    [InlineData("~", "'~'")]
    [InlineData("#", "'#'")]
    public void A_word_is_quoted_only_when_it_must_be(string word, string quoted) => Assert.Equal(quoted, ShellQuote.Quote(word));

    [Theory]
    [InlineData("dash")]
    [InlineData("bash")]
    public void A_shell_reads_the_word_that_was_quoted(string shell)
    {
        Assert.SkipUnless(ShellExecution.IsPresent, ShellExecution.Absent);
        string[] words = ["", " ", "a b", "it's", "''", "\\", "\"", "$X", "$(NAME)", "`id`", "a;b&c|d", "*?[a]", "{a,b}", "~", "#a", "!", "\n", "\t", "é€😀", "-n", "a=b", "<>", "(", "$$"];
        using var execution = new ShellExecution();
        var results = execution.Run(shell, [.. words.Select(word => new ShellRun($"notify {ShellQuote.Quote(word)}", []))], EditedScript.Environment);
        Assert.Equal(words, results.Select(records => Assert.Single(records)[2..] is [var word] ? word : "not one word"));
    }
}
