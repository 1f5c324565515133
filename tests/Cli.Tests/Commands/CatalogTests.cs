using Spanhook.Injection.Decision;
using Spanhook.Injection.Injectors;

namespace Spanhook.Cli.Tests.Commands;

public sealed class CatalogTests
{
    [Fact]
    public void Injectors_are_listed_with_their_annotations()
    {
        var run = CliRun.Of("injectors");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var lines = run.Out.TrimEnd('\n').Split('\n');
        Assert.Equal(["NAME", "ANNOTATION", "CONTAINERS"], lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(InjectorCatalog.Names, lines.Skip(1).Select(line => line.Split(' ')[0]));
        Assert.Equal(InjectorCatalog.Names.Select(name => $"instrumentation.opentelemetry.io/inject-{name}"), CliRun.Of("injectors", "-o", "json").Json.AsArray().Select(item => item!["annotation"]!.GetValue<string>()));
    }

    [Fact]
    public void Reasons_are_listed_with_what_to_do()
    {
        var lines = CliRun.Of("reasons").Out.TrimEnd('\n').Split('\n');
        Assert.Equal(Reasons.All.Select(reason => reason.Code), lines.Skip(1).Select(line => line.Split(' ')[0]));
        Assert.Equal(Reasons.All.Select(reason => reason.Sentence), CliRun.Of("reasons", "-o", "json").Json.AsArray().Select(item => item!["sentence"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("injectors")]
    [InlineData("reasons")]
    public void A_terminal_gets_a_table_with_every_row(string command)
    {
        var table = CliRun.With("", hasColours: true, command).Out;
        Assert.Contains("╭", table, StringComparison.Ordinal);
        foreach (var name in command == "reasons" ? Reasons.All.Select(reason => reason.Code) : InjectorCatalog.Names) Assert.Contains(name, table, StringComparison.Ordinal);
    }

    [Fact]
    public void The_version_is_text_or_json()
    {
        Assert.StartsWith("kubectl-spanhook 0.1.0", CliRun.Of("version").Out, StringComparison.Ordinal);
        Assert.Equal("0.1.0", CliRun.Of("version", "-o", "json").Json["version"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("--cluster", "inject", "--help")]
    [InlineData("helm template", "inject", "-h")]
    [InlineData("injectors", "--help")]
    [InlineData("inject ")]
    public void Help_is_there(string text, params string[] args)
    {
        var run = CliRun.Of(args);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains(text, run.Out, StringComparison.Ordinal);
    }
}
