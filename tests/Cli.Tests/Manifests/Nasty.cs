using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace Spanhook.Cli.Tests.Manifests;

/// <summary>Strings and documents on which YAML readers and writers have gone wrong.</summary>
internal static class Nasty
{
    public static readonly string[] Strings =
    [
        "", " ", "  a", "a  ", "\t", "\ta", "a\t", "a\tb", "no", "No", "NO", "yes", "y", "Y", "n", "on", "off", "true", "True", "false", "null", "Null", "~",
        "1", "01", "0644", "0o17", "0x10", "0b11", "-0", "+1", "1_000", "1.", ".5", "1.5", "1e3", "1e+3", "1E400", ".inf", "-.Inf", ".nan", ".NaN", "1:30", "190:20:30", "1.2.3", "v1",
        "2020-01-01", "2020-01-01T10:00:00Z", "2020-1-1 10:00", "9223372036854775808", "-", "--", "---", "--- a", "...", "... a", "-a", "- a", "?", "? a", "?a", ":", ": ", ":a", "a:", "a: b", "a:b",
        "#", "# a", "a #b", "a#b", "&a", "*a", "!a", "!!str a", "|", ">", "|-", "%", "%YAML 1.2", "@", "`", "'", "''", "it's", "\"", "\"a\"", "\\", "\\n", ",", "[", "]", "{", "}", "[a]", "{a: b}", "{{ a }}", "a, b", "a *b", "30 6 * * 1",
        "<<", "=", "=a", "<a", "a\n", "a\n\n", "\n", "\n\n", "\na", "\n\na", " \n", "a\nb", "a\nb\n", "a\n\nb\n\n\n", " a\nb", "a\n b", "\ta\nb", "a\n\tb", "a \nb", "a\nb ", "\n a\nb", "a\r\nb", "a\r", "\r",
        "#!/bin/sh\nset -e\nexec \"$@\"\n", "key: value\nother: |\n  x\n", "- a\n- b", "---\na", "a\n---\nb", "a\n...\nb", "\u0000", "\u0007", "\u001b[0m", "\u007f", "\u0085", "a\u00a0b", "\u2028", "\u2029", "\ufeff", "a\ufeff", "ü", "日本語", "😀", "a😀\nb", "\uffff",
        "$(POD_NAME)", "${A:-b}", "http://host:4318/v1/traces", "k8s.node.name=$(X),a=b", new string('a', 2000), $"{new string('b', 1100)}: c", string.Join(' ', Enumerable.Repeat("word", 60)),
    ];

    public static readonly string[] Numbers = ["0", "-0", "1", "-1", "0.10", "1e400", "1E5", "1e-7", "9223372036854775808", "123456789012345678901234567890", "-0.0", "1.50"];

    public static Arbitrary<string> Text() => TextGen().ToArbitrary();

    public static Arbitrary<JsonWrapper> Document() => DocumentGen(4).Select(node => new JsonWrapper(node?.ToJsonString() ?? "null")).ToArbitrary();

    /// <summary>Scraps of YAML and JSON in a row: mostly wrong, never to be met with a crash.</summary>
    public static Arbitrary<string> Broken()
    {
        var scraps = Gen.OneOf(
            Gen.Elements(Strings),
            Gen.Elements("\n", "\n  ", "\n\t", "\n- ", "\n---\n", "\n...\n", ": ", "? ", "- ", "[", "]", "{", "}", ",", "&a ", "*a", "!!int ", "!<x> ", "|\n", ">2-\n", "\"", "'", "<<: ", "%TAG ! x\n", "a", "1", "\\x", "\\u12", "\ufeff", "\r"));
        return Gen.Choose(0, 14).SelectMany(count => scraps.ArrayOf(count)).Select(string.Concat).ToArbitrary();
    }

    private static Gen<string> TextGen()
    {
        var pieces = Gen.OneOf(Gen.Elements(Strings), Gen.Elements(" ", "\n", "\t", ":", "#", "-", "'", "\"", "\\", "a", "0", "é", "😀", "\u0001", "|", ">"));
        return Gen.OneOf(Gen.Elements(Strings), pieces.ArrayOf(2).Select(string.Concat), pieces.ArrayOf(4).Select(string.Concat), pieces.ArrayOf(7).Select(string.Concat));
    }

    private static Gen<JsonNode?> DocumentGen(int depth)
    {
        var scalars = Gen.OneOf(
            TextGen().Select(text => (JsonNode?)JsonValue.Create(text)),
            Gen.Elements(Numbers).Select(number => JsonNode.Parse(number)),
            Gen.Elements("true", "false", "null").Select(word => JsonNode.Parse(word)));
        if (depth == 0) return scalars;
        var child = DocumentGen(depth - 1);
        var lists = Gen.Choose(0, 3).SelectMany(count => child.ArrayOf(count)).Select(items => (JsonNode?)new JsonArray(items));
        var fields = Gen.Choose(0, 3).SelectMany(count => TextGen().Zip(child, (name, value) => (name, value)).ArrayOf(count)).Select(ToObject);
        return Gen.OneOf(scalars, lists, fields, fields);
    }

    private static JsonNode? ToObject((string Name, JsonNode? Value)[] fields)
    {
        var node = new JsonObject();
        foreach (var (name, value) in fields) node[name] = value;
        return node;
    }

    /// <summary>JSON text, so that a counterexample prints itself.</summary>
    internal sealed record JsonWrapper(string Json);
}
