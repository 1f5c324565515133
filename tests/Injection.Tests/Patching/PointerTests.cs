using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spanhook.Injection.Patching;
using Spanhook.Injection.Tests.Judges;
using Spanhook.Support;

namespace Spanhook.Injection.Tests.Patching;

/// <summary>RFC 6901 and 6902 at their corners: the writer writes what every applier reads back.</summary>
public sealed class PointerTests
{
    /// <summary>Keys that a pointer must escape, or must not, or that look like something else.</summary>
    public static TheoryData<string> Keys =>
    [
        "", " ", "/", "~", "~0", "~1", "~01", "~10", "~~", "//", "a/b", "m~n", "spanhook.dev/injected", "0", "01", "-", "-1", "c%d", "e^f", "g|h", "i\\j", "k\"l", "ü", "日本", "😀", "\u0001", "\t", "\n", "\u007f", "\u2028", "<&>'", "#", ".", "$",
    ];

    [Theory]
    [InlineData("", "")]
    [InlineData("plain", "plain")]
    [InlineData("a/b", "a~1b")]
    [InlineData("m~n", "m~0n")]
    [InlineData("~1", "~01")]
    [InlineData("~0", "~00")]
    [InlineData("/~/", "~1~0~1")]
    public void A_token_is_escaped_tilde_first(string token, string escaped) => Assert.Equal(escaped, JsonPatchWriter.Escape(token));

    [Theory, MemberData(nameof(Keys))]
    public void An_escaped_key_is_read_back_by_every_applier(string key)
    {
        const string Document = """{"map":{"other":"1"}}""";
        var patch = new JsonArray(new JsonObject { ["op"] = "add", ["path"] = $"/map/{JsonPatchWriter.Escape(key)}", ["value"] = "new" });
        var expected = new JsonObject { ["map"] = new JsonObject { ["other"] = "1", [key] = "new" } };
        AssertGives(expected, Document, Encoding.UTF8.GetBytes(patch.ToJsonString()), isJudged: key.Length > 0);
    }

    [Theory, MemberData(nameof(Keys))]
    public void The_mark_is_added_beside_any_key(string key) =>
        AssertMarked(new JsonObject { ["annotations"] = new JsonObject { [key] = "kept" }, ["labels"] = new JsonObject { [key] = "kept" } });

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"name":"x"}""")]
    [InlineData("""{"annotations":null,"labels":null}""")]
    [InlineData("""{"annotations":{},"labels":{}}""")]
    [InlineData("""{"annotations":{"spanhook.dev/injected":"old"}}""")]
    [InlineData("""{"annotations":{"spanhook.dev/injected":"old"},"labels":{"spanhook.dev/injected":"false"}}""")]
    [InlineData("""{"annotations":{"a/b":"x","a~b":"y","~1":"z"},"labels":{"k":"v"}}""")]
    public void The_mark_is_set_whatever_is_there(string metadata) => AssertMarked(JsonNode.Parse(metadata)!.AsObject());

    [Fact]
    public void The_mark_is_set_where_there_is_no_metadata() => AssertMarked(null);

    [Theory]
    [InlineData("\"quotes\" and \\ and /")]
    [InlineData("control \u0001\u001f\u007f")]
    [InlineData("日本 😀 \u2028")]
    public void A_value_comes_back_as_it_was(string value) => AssertMarked(new JsonObject { ["annotations"] = new JsonObject { ["other"] = value } }, value);

    private static void AssertMarked(JsonObject? metadata, string value = "java app")
    {
        var document = new JsonObject { ["kind"] = "Pod" };
        if (metadata is not null) document["metadata"] = metadata.DeepClone();
        var expected = document.DeepClone().AsObject();
        var marked = Child(expected, "metadata");
        Child(marked, "annotations")[InjectionMark.Key] = value;
        Child(marked, "labels")[InjectionMark.Key] = "true";

        var before = document.ToJsonString();
        AssertGives(expected, before, Write(before, value), isJudged: true);
    }

    private static void AssertGives(JsonObject expected, string document, byte[] patch, bool isJudged)
    {
        JsonDifference.AssertSame(expected, JsonPatchApplier.Apply(JsonNode.Parse(document)!, patch), "our applier");
        // The package takes "/map/" for "/map": it cannot judge the empty key.
        if (isJudged) JsonDifference.AssertSame(expected, JsonPatchPackage.Apply(JsonNode.Parse(document)!, patch), "Microsoft.AspNetCore.JsonPatch");
    }

    private static byte[] Write(string document, string annotation)
    {
        using var json = JsonDocument.Parse(document);
        var output = new ArrayBufferWriter<byte>();
        var writer = new JsonPatchWriter(output);
        writer.WriteMarker(json.RootElement.TryGetProperty("metadata", out var metadata) ? metadata : default, annotation);
        writer.Dispose();
        return output.WrittenSpan.ToArray();
    }

    private static JsonObject Child(JsonObject parent, string key)
    {
        if (parent[key] is not JsonObject) parent[key] = new JsonObject();
        return parent[key]!.AsObject();
    }
}
