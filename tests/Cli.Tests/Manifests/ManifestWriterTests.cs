using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Spanhook.Manifests;

namespace Spanhook.Cli.Tests.Manifests;

public sealed class ManifestWriterTests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(1500);

    public static TheoryData<string> NastyStrings => [.. Nasty.Strings];

    [Theory]
    [MemberData(nameof(NastyStrings))]
    public void A_string_comes_back_as_it_was_at_every_place(string text)
    {
        AssertComesBack(new JsonObject { ["a"] = text, ["b"] = 1 });
        AssertComesBack(new JsonObject { [text] = "a", ["other"] = new JsonObject { [text] = new JsonArray(text, "b", text) } });
        AssertComesBack(new JsonArray(text, new JsonArray(text), new JsonObject { ["x"] = text }));
        AssertComesBack(JsonValue.Create(text));
    }

    [Fact]
    public void Any_string_comes_back() =>
        Check.One(Many, Prop.ForAll(Nasty.Text(), text => AssertComesBack(new JsonObject { ["a"] = new JsonArray(text), [text] = text })));

    [Fact]
    public void Any_document_comes_back_as_yaml_and_as_json() => Check.One(Many, Prop.ForAll(Nasty.Document(), wrapper =>
    {
        var node = JsonNode.Parse(wrapper.Json);
        AssertComesBack(node);
        AssertSameJson(node, Read(ManifestWriter.ToJson(node), "a.json"));
    }));

    [Fact]
    public void Documents_between_separators_come_back_one_by_one() => Check.One(Config.QuickThrowOnFailure, Prop.ForAll(Nasty.Document(), Nasty.Document(), (first, second) =>
    {
        JsonNode?[] nodes = [new JsonObject { ["first"] = JsonNode.Parse(first.Json) }, new JsonObject { ["second"] = JsonNode.Parse(second.Json) }];
        var documents = ManifestReader.Parse(string.Join("---\n", nodes.Select(ManifestWriter.ToYaml)), "a.yaml");
        Assert.Equal(nodes.Select(node => node!.ToJsonString()), documents.Select(document => document.ToNode()!.ToJsonString()));
    }));

    [Theory]
    [InlineData("""{"a":{"b":[{"c":1,"d":[]},{"e":{}}]}}""", "a:\n  b:\n  - c: 1\n    d: []\n  - e: {}\n")]
    [InlineData("""{"a":[["x","z"],[]]}""", "a:\n- - x\n  - z\n- []\n")]
    [InlineData("""{"a":null,"b":true,"c":0.10,"d":1e400}""", "a: null\nb: true\nc: 0.10\nd: 1e400\n")]
    [InlineData("""{"a":"true","b":"1","c":"","d":"a: b","e":"it's","f":"- x"}""", "a: \"true\"\nb: \"1\"\nc: \"\"\nd: 'a: b'\ne: it's\nf: '- x'\n")]
    [InlineData("""{"a":"4.2.1","b":"100m","c":"http://h:4318","d":"--flag=x","e":"a\\b"}""", "a: 4.2.1\nb: 100m\nc: http://h:4318\nd: --flag=x\ne: a\\b\n")]
    [InlineData("""{"a":"x\ny\n","b":"x\ny","c":"x\n\n","d":["x\ny"]}""", "a: |\n  x\n  y\nb: |-\n  x\n  y\nc: |+\n  x\n\nd:\n- |-\n  x\n  y\n")]
    [InlineData("""{"a":" x\ny","b":"x \ny","c":"\u0007"}""", "a: |2-\n   x\n  y\nb: \"x \\ny\"\nc: \"\\u0007\"\n")]
    [InlineData("""[1,"a"]""", "- 1\n- a\n")]
    [InlineData("{}", "{}\n")]
    public void Yaml_looks_as_kubectl_prints_it(string json, string yaml) => Assert.Equal(yaml, ManifestWriter.ToYaml(JsonNode.Parse(json)));

    [Fact]
    public void Json_is_indented_by_four_and_keeps_what_people_wrote() =>
        Assert.Equal("{\n    \"a\": \"<ü> & 'x'\",\n    \"b\": [\n        0.10\n    ]\n}\n", ManifestWriter.ToJson(JsonNode.Parse("""{"a":"<ü> & 'x'","b":[0.10]}""")));

    private static void AssertComesBack(JsonNode? node) => AssertSameJson(node, Read(ManifestWriter.ToYaml(node), "a.yaml"));

    private static JsonNode? Read(string text, string file) => ManifestReader.Parse(text, file) is [var only] ? only.ToNode() : throw new InvalidOperationException($"not one document: {text}");

    private static void AssertSameJson(JsonNode? expected, JsonNode? actual) => Assert.Equal(expected?.ToJsonString() ?? "null", actual?.ToJsonString() ?? "null");
}
