using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spanhook.Api;
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
    public void A_key_is_added_to_a_map(string key) => AssertSet("""{"metadata":{"annotations":{"other":"1"}}}""", key);

    [Theory, MemberData(nameof(Keys))]
    public void A_key_is_replaced_in_a_map(string key) =>
        AssertSet(new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [key] = "old", ["other"] = "1" } } }.ToJsonString(), key);

    [Theory, MemberData(nameof(Keys))]
    public void A_key_is_added_where_there_is_no_map(string key) => AssertSet("""{"metadata":{"name":"x"}}""", key);

    [Theory, MemberData(nameof(Keys))]
    public void A_key_is_added_where_there_is_no_metadata(string key) => AssertSet("""{"kind":"Pod"}""", key);

    [Theory]
    [InlineData("")]
    [InlineData("\"quotes\" and \\ and /")]
    [InlineData("control \u0000\u001f\u007f")]
    [InlineData("日本 😀 \u2028")]
    public void A_value_comes_back_as_it_was(string value) => AssertSet("""{"metadata":{"annotations":{"k":"old"}}}""", "k", value);

    private static void AssertSet(string document, string key, string value = "new")
    {
        var expected = JsonNode.Parse(document)!.AsObject();
        var metadata = Child(expected, "metadata");
        Child(metadata, "annotations")[key] = value;

        var patch = Write(document, key, value);
        JsonDifference.AssertSame(expected, JsonPatchApplier.Apply(JsonNode.Parse(document)!, patch), "our applier");
        // The package takes "/annotations/" for "/annotations": it cannot judge the empty key.
        if (key.Length > 0) JsonDifference.AssertSame(expected, JsonPatchPackage.Apply(JsonNode.Parse(document)!, patch), "Microsoft.AspNetCore.JsonPatch");
    }

    private static byte[] Write(string document, string key, string value)
    {
        using var json = JsonDocument.Parse(document);
        var output = new ArrayBufferWriter<byte>();
        var writer = new JsonPatchWriter(output);
        var metadata = json.RootElement.Member("metadata"u8);
        writer.EnsureMetadata(metadata);
        writer.SetInMap(metadata.Member("annotations"u8), "/metadata/annotations", key, value);
        writer.Dispose();
        return output.WrittenSpan.ToArray();
    }

    private static JsonObject Child(JsonObject parent, string key)
    {
        if (parent[key] is not JsonObject) parent[key] = new JsonObject();
        return parent[key]!.AsObject();
    }
}
