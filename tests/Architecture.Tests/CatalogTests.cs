using System.Reflection;
using System.Text.RegularExpressions;
using Spanhook.Injection.Decision;
using Spanhook.Injection.Injectors;
using Spanhook.Support;
using Xunit;

namespace Spanhook.Architecture.Tests;

/// <summary>What is derived from a name is there for every name.</summary>
public sealed partial class CatalogTests
{
    [Fact]
    public void Every_injector_has_a_folder_of_fixtures()
    {
        var folders = Case.All.Select(name => Case.Named(name).Injector).ToHashSet(StringComparer.Ordinal);
        var missing = InjectorCatalog.Names.Where(name => !folders.Contains(name)).ToList();
        Assert.True(missing.Count == 0, $"missing: {string.Join(", ", missing.Select(name => $"tests/Fixtures/{name}/<case>/pod.yaml"))}");
    }

    [Fact]
    public void Every_folder_of_fixtures_is_that_of_an_injector() =>
        Assert.All(Case.All, name => Assert.Contains(Case.Named(name).Injector, InjectorCatalog.Names));

    [Fact]
    public void Every_injector_is_injected_in_one_of_its_fixtures() => Assert.All(InjectorCatalog.Names, name =>
        Assert.Contains(Case.All.Select(Case.Named).Where(c => c.Injector == name), c => c.Inject().Result.Decisions.Any(d => d.Reason == Reasons.Injected && d.Injector == name)));

    [Fact]
    public void Every_fixture_says_in_its_first_line_what_it_pins_down() => Assert.All(Case.All, name =>
        Assert.Matches("^# .{10,}", File.ReadLines(Case.Named(name).PodFile).First()));

    [Fact]
    public void Every_fixture_has_its_golden_files() => Assert.All(Case.All.Select(Case.Named), which =>
        Assert.All((string[])[which.ClusterFile, which.GoldenPatchFile, which.GoldenPodFile, which.GoldenReportFile], file => Assert.True(File.Exists(file), $"{file} is missing")));

    [Fact]
    public void Injector_names_are_lower_case_words_and_unique()
    {
        Assert.All(InjectorCatalog.Names, name => Assert.Matches("^[a-z0-9]+(-[a-z0-9]+)*$", name));
        Assert.Distinct(InjectorCatalog.Names);
    }

    [Fact]
    public void Every_reason_is_in_the_closed_list_once()
    {
        var declared = typeof(Reasons).GetFields(BindingFlags.Static | BindingFlags.Public).Where(f => f.FieldType == typeof(Reason)).Select(f => (Reason)f.GetValue(null)!).ToList();
        Assert.NotEmpty(declared);
        Assert.Equal(declared.Select(r => r.Code).Order(StringComparer.Ordinal), Reasons.All.Select(r => r.Code).Order(StringComparer.Ordinal));
        Assert.Distinct(Reasons.All.Select(r => r.Code));
    }

    [Fact]
    public void Every_reason_has_a_code_in_snake_case_and_a_sentence() => Assert.All(Reasons.All, reason =>
    {
        Assert.Matches(SnakeCase(), reason.Code);
        Assert.True(reason == Reasons.Injected || reason.Sentence.Contains(' ', StringComparison.Ordinal), $"{reason.Code}: '{reason.Sentence}' is no sentence");
        Assert.False(reason.Sentence.EndsWith('.'), $"{reason.Code}: a detail may follow the sentence, so it has no full stop");
    });

    [Fact]
    public void A_reason_is_declared_under_the_name_of_its_code() =>
        Assert.All(typeof(Reasons).GetFields(BindingFlags.Static | BindingFlags.Public).Where(f => f.FieldType == typeof(Reason)), field =>
            Assert.Equal(((Reason)field.GetValue(null)!).Code.Replace("_", "", StringComparison.Ordinal), field.Name.ToLowerInvariant()));

    [GeneratedRegex("^[a-z0-9]+(_[a-z0-9]+)*$")]
    private static partial Regex SnakeCase();
}
