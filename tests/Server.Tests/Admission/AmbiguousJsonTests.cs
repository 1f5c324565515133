using System.Text.Json;
using Spanhook.Server.Admission;

namespace Spanhook.Server.Tests.Admission;

/// <summary>Every key that stands twice is found, however it is written and however many stand between.</summary>
public sealed class AmbiguousJsonTests
{
    private static readonly string[] Keys = ["a", "A", "ab", "ba", "abc", "name", "mane", "env", "values", "value", "f:name", "livenessProbe", "readinessProbe", "livenessProbf", "ä", "\\u0061", "n\\u0061me", "\\\\", ""];

    [Theory]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"a":1,"\u0061":2}""")]
    [InlineData("""{"\u0061":1,"a":2}""")]
    [InlineData("""{"\u0061":1,"\u0061":2}""")]
    [InlineData("""{"":1,"":2}""")]
    [InlineData("""{"ä":1,"\u00e4":2}""")]
    [InlineData("""[{"x":[[{"b":{"a":1,"c":2,"a":3}}]]}]""")]
    [InlineData("""{"a":{"b":1},"a":{"b":1}}""")]
    [InlineData("""{"managedFields":[],"managedFields":[]}""")]
    [InlineData("""{"\ud800":1}""")]
    public void What_is_ambiguous_is_found(string json) => Assert.NotNull(Find(json));

    [Theory]
    [InlineData("{}")]
    [InlineData("[[],[{}],1]")]
    [InlineData("""{"a":1,"A":2,"b":{"a":1}}""")]
    [InlineData("""[{"a":1},{"a":1}]""")]
    [InlineData("""{"managedFields":[{"a":1,"a":2}]}""")]
    public void What_is_not_is_not(string json) => Assert.Null(Find(json));

    [Fact]
    public void It_agrees_with_the_strict_parser()
    {
        var random = new Random(20300101);
        var found = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var json = Object(random, depth: 0);
            var isAmbiguous = IsRefusedByStrictParser(json);
            found += isAmbiguous ? 1 : 0;
            Assert.True(isAmbiguous == Find(json) is not null, json);
        }

        Assert.InRange(found, 2000, 18_000);
    }

    [Theory]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(1000)]
    public void Of_many_keys_any_two_equal_ones_are_found(int count)
    {
        var keys = Enumerable.Range(0, count).Select(i => $"\"key-{i}\":0").ToList();
        Assert.Null(Find($"{{{string.Join(',', keys)}}}"));
        foreach (var (one, other) in new[] { (0, 1), (0, count - 1), (count / 2, count - 1) })
            Assert.NotNull(Find($"{{{string.Join(',', keys.Select((key, i) => i == other ? keys[one] : key))}}}"));
    }

    private static string Object(Random random, int depth)
    {
        var members = Enumerable.Range(0, random.Next(depth == 0 ? 6 : 4)).Select(_ => $"\"{Keys[random.Next(Keys.Length)]}\":{(depth < 2 && random.Next(4) == 0 ? Object(random, depth + 1) : "1")}");
        return $"{{{string.Join(',', members)}}}";
    }

    private static bool IsRefusedByStrictParser(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return false;
        }
        catch (JsonException)
        {
            return true;
        }
    }

    private static string? Find(string json)
    {
        using var document = JsonDocument.Parse(json);
        return AmbiguousJson.Find(document.RootElement);
    }
}
