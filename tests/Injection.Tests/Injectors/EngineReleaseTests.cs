using System.Reflection;
using Spanhook.Injection.Injectors.Engines;

namespace Spanhook.Injection.Tests.Injectors;

public sealed class EngineReleaseTests
{
    private static IEnumerable<EngineReleaseTable> Tables =>
        typeof(EngineReleases).GetFields(BindingFlags.Static | BindingFlags.Public).Select(table => (EngineReleaseTable)table.GetValue(null)!);

    [Fact]
    public void Every_table_of_releases_is_named_by_an_engine() =>
        Assert.All(Tables, table => Assert.Contains(table, EngineCatalog.All.SelectMany(engine => engine.Releases)));

    [Fact]
    public void Releases_are_in_their_order_and_each_says_how_it_is_known() => Assert.All(Tables, table =>
    {
        Assert.All(table.Lines, line => Assert.NotEmpty(line.Evidence));
        Assert.All(table.Lines.Zip(table.Lines.Skip(1)), pair => Assert.False(pair.First.From.IsAtLeast(pair.Second.From)));
        Assert.All(table.Lines, line => Assert.Same(line, table.Of(line.From)));
    });

    [Theory]
    [InlineData("vllm", "≥ 0.17.0")]
    [InlineData("triton", "≥ 23.05")]
    [InlineData("llm-d-epp", "epp ≥ 1.1.0, llm-d-router ≥ 0.9.0")]
    public void What_is_traced_is_told_as_the_tags_have_it(string engine, string expected) =>
        Assert.Equal(expected, string.Join(", ", EngineCatalog.Named(engine)!.Releases.Select(table => table.Traced)));
}
