using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spanhook.Injection.Patching;
using Spanhook.Support;

namespace Spanhook.Injection.Tests.Patching;

/// <summary>The appliers of the command line, held to the examples of RFC 6902, appendix A, and RFC 6901, section 5.</summary>
public sealed class JsonPatchApplierTests
{
    [Theory]
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/baz","value":"qux"}]""", """{"baz":"qux","foo":"bar"}""")]
    [InlineData("""{"foo":["bar","baz"]}""", """[{"op":"add","path":"/foo/1","value":"qux"}]""", """{"foo":["bar","qux","baz"]}""")]
    [InlineData("""{"foo":["bar"]}""", """[{"op":"add","path":"/foo/1","value":"qux"}]""", """{"foo":["bar","qux"]}""")]
    [InlineData("""{"baz":"qux","foo":"bar"}""", """[{"op":"replace","path":"/baz","value":"boo"}]""", """{"baz":"boo","foo":"bar"}""")]
    [InlineData("""{"baz":"qux","foo":["a",2,"c"]}""", """[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}]""", """{"baz":"qux","foo":["a",2,"c"]}""")]
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/child","value":{"grandchild":{}}}]""", """{"foo":"bar","child":{"grandchild":{}}}""")]
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/baz","value":"qux","xyz":123}]""", """{"foo":"bar","baz":"qux"}""")]
    [InlineData("""{"/":9,"~1":10}""", """[{"op":"test","path":"/~01","value":10}]""", """{"/":9,"~1":10}""")]
    [InlineData("""{"foo":["bar"]}""", """[{"op":"add","path":"/foo/-","value":["abc","def"]}]""", """{"foo":["bar",["abc","def"]]}""")]
    [InlineData("""{"":{"":1}}""", """[{"op":"replace","path":"//","value":null}]""", """{"":{"":null}}""")]
    [InlineData("""{"a":1}""", """[{"op":"add","path":"/a","value":2}]""", """{"a":2}""")]
    [InlineData("""{"a":null}""", """[{"op":"test","path":"/a","value":null},{"op":"replace","path":"/a","value":1}]""", """{"a":1}""")]
    [InlineData("""{"n":1e400}""", """[{"op":"add","path":"/m","value":0.10}]""", """{"n":1e400,"m":0.10}""")]
    public void A_patch_is_applied(string document, string patch, string expected) => JsonDifference.AssertSame(JsonNode.Parse(expected), Apply(document, patch), patch);

    [Theory]
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/baz/bat","value":"qux"}]""")]
    [InlineData("""{"baz":"qux"}""", """[{"op":"test","path":"/baz","value":"bar"}]""")]
    [InlineData("""{"/":9,"~1":10}""", """[{"op":"test","path":"/~01","value":"10"}]""")]
    [InlineData("""{"foo":["a"]}""", """[{"op":"add","path":"/foo/2","value":"x"}]""")]
    [InlineData("""{"foo":["a"]}""", """[{"op":"add","path":"/foo/01","value":"x"}]""")]
    [InlineData("""{"foo":["a"]}""", """[{"op":"add","path":"/foo/x","value":"x"}]""")]
    [InlineData("""{"foo":["a"]}""", """[{"op":"replace","path":"/foo/1","value":"x"}]""")]
    [InlineData("""{"foo":["a"]}""", """[{"op":"replace","path":"/foo/-","value":"x"}]""")]
    [InlineData("""{}""", """[{"op":"replace","path":"/a","value":1}]""")]
    [InlineData("""{}""", """[{"op":"test","path":"/a","value":null}]""")]
    [InlineData("""{}""", """[{"op":"add","path":"a","value":1}]""")]
    [InlineData("""{}""", """[{"op":"add","value":1}]""")]
    [InlineData("""{}""", """[{"path":"/a","value":1}]""")]
    [InlineData("""{}""", """[{"op":"add","path":"/a"}]""")]
    [InlineData("""{}""", """[{"op":"frobnicate","path":"/a","value":1}]""")]
    [InlineData("""{"a":"x"}""", """[{"op":"add","path":"/a/b","value":1}]""")]
    [InlineData("""{}""", """{"op":"add","path":"/a","value":1}""")]
    [InlineData("""{}""", """[1]""")]
    public void A_patch_that_does_not_fit_is_refused(string document, string patch) => Assert.ThrowsAny<JsonException>(() => Apply(document, patch));

    [Fact]
    public void An_empty_patch_changes_nothing() => Assert.Equal("""{"a":1}""", Apply("""{"a":1}""", "").ToJsonString());

    private static JsonNode Apply(string document, string patch) => JsonPatchApplier.Apply(JsonNode.Parse(document)!, Encoding.UTF8.GetBytes(patch));
}
