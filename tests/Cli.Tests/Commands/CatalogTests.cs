using System.Text.Json.Nodes;
using Spanhook.Injection.Decision;
using Spanhook.Injection.Injectors;

namespace Spanhook.Cli.Tests.Commands;

public sealed class CatalogTests
{
    private static readonly string[] Injectors = [.. InjectorCatalog.Names, "engine"];

    [Fact]
    public void Injectors_are_listed_with_their_annotations()
    {
        var run = CliRun.Of("injectors");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var lines = run.Out.TrimEnd('\n').Split('\n');
        Assert.Equal(["NAME", "KIND", "VERSIONS", "ADDS", "ANNOTATION", "instrumentation.opentelemetry.io/…"], lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(Injectors, lines.Skip(1).Select(line => line.Split(' ')[0]));
        Assert.Equal(Injectors.Select(name => $"inject-{name}"), lines.Skip(1).Select(line => line.Split(' ')[^1]));
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 160));
    }

    [Fact]
    public void Injectors_are_listed_for_programs_too()
    {
        var items = CliRun.Of("injectors", "-o", "json").Json.AsArray().ToDictionary(item => Text(item, "name")!);
        Assert.Equal(Injectors, items.Keys);
        Assert.All(items, item => Assert.Equal($"instrumentation.opentelemetry.io/inject-{item.Key}", Text(item.Value, "annotation")));
        Assert.All(items, item => Assert.Equal($"instrumentation.opentelemetry.io/{item.Key}-container-names", Text(item.Value, "containerNamesAnnotation")));
        Assert.Equal(InjectorCatalog.Names.Where(InjectorCatalog.IsEngine).Append("engine"), items.Where(item => Text(item.Value, "kind") == "engine").Select(item => item.Key));
        Assert.Equal(("vLLM", "--otlp-traces-endpoint"), (Text(items["vllm"], "product"), Text(items["vllm"], "switch")));
        Assert.StartsWith("≥ 0.17.0", Text(items["vllm"], "versions"), StringComparison.Ordinal);
        Assert.Equal("≥ 23.05", Text(items["triton"], "versions"));
        Assert.Equal(["http/protobuf"], items["triton"]!["protocols"]!.AsArray().Select(protocol => protocol!.GetValue<string>()));
        Assert.Null(Text(items["java"], "switch"));
    }

    [Theory]
    [InlineData("vllm", "≥ 0.17.0")]
    [InlineData("llm-d-sidecar", "--tracing")]
    [InlineData("java", "language")]
    public void The_list_tells_what_to_expect(string name, string word) =>
        Assert.Contains(word, CliRun.Of("injectors").Out.Split('\n').Single(line => line.StartsWith(name + " ", StringComparison.Ordinal)), StringComparison.Ordinal);

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

    private static string? Text(JsonNode? item, string field) => item?[field]?.GetValue<string>();
}
