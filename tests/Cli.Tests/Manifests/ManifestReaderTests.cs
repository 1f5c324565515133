using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Spanhook.Manifests;

namespace Spanhook.Cli.Tests.Manifests;

public sealed class ManifestReaderTests
{
    [Theory]
    [InlineData("yes", "true")]
    [InlineData("Off", "false")]
    [InlineData("y", "true")]
    [InlineData("~", "null")]
    [InlineData("", "null")]
    [InlineData("Null", "null")]
    [InlineData("TRUE", "true")]
    [InlineData("tRue", "\"tRue\"")]
    [InlineData("12", "12")]
    [InlineData("-0", "-0")]
    [InlineData("+12", "12")]
    [InlineData("0.10", "0.10")]
    [InlineData("1e400", "1e400")]
    [InlineData("1e3", "1e3")]
    [InlineData("9223372036854775808", "9223372036854775808")]
    [InlineData("0644", "420")]
    [InlineData("0o17", "15")]
    [InlineData("0x1F", "31")]
    [InlineData("-0x10", "-16")]
    [InlineData("0b11", "3")]
    [InlineData("1_000", "1000")]
    [InlineData("089", "89")]
    [InlineData(".5", "0.5")]
    [InlineData("-.5", "-0.5")]
    [InlineData("1.", "1")]
    [InlineData("1.e3", "1e3")]
    [InlineData("+1.50", "1.50")]
    [InlineData("1:30", "\"1:30\"")]
    [InlineData("1.2.3", "\"1.2.3\"")]
    [InlineData("2020-01-01", "\"2020-01-01\"")]
    [InlineData("0xFG", "\"0xFG\"")]
    [InlineData("_1", "\"_1\"")]
    [InlineData("'yes'", "\"yes\"")]
    [InlineData("\"0644\"", "\"0644\"")]
    [InlineData("!!str 12", "\"12\"")]
    [InlineData("! 12", "\"12\"")]
    [InlineData("!!int \"12\"", "12")]
    [InlineData("!!bool \"yes\"", "true")]
    [InlineData("!!map {a: 1}", "{\"a\":1}")]
    [InlineData("http://h:4317", "\"http://h:4317\"")]
    public void A_scalar_means_what_it_means_to_kubectl(string yaml, string json) => Assert.Equal($"{{\"a\":{json}}}", Json($"a: {yaml}"));

    [Theory]
    [InlineData("1: a", "{\"1\":\"a\"}")]
    [InlineData("yes: a", "{\"true\":\"a\"}")]
    [InlineData("0x10: a", "{\"16\":\"a\"}")]
    [InlineData("'1': a", "{\"1\":\"a\"}")]
    public void The_name_of_a_field_is_a_string(string yaml, string json) => Assert.Equal(json, Json(yaml));

    [Theory]
    [InlineData("a: &x {p: 1}\nb: *x", """{"a":{"p":1},"b":{"p":1}}""")]
    [InlineData("a: &x {p: 1, q: 2}\nb:\n  o: 0\n  <<: *x\n  q: 3", """{"a":{"p":1,"q":2},"b":{"o":0,"p":1,"q":3}}""")]
    [InlineData("a: &x {p: 1}\nb: &y {p: 2, q: 2}\nc: {<<: [*x, *y]}", """{"a":{"p":1},"b":{"p":2,"q":2},"c":{"p":1,"q":2}}""")]
    [InlineData("a: &x v\nb: [*x, *x]", """{"a":"v","b":["v","v"]}""")]
    [InlineData("b: {'<<': 1}", """{"b":{"<<":1}}""")]
    public void Aliases_and_merge_keys_are_written_out(string yaml, string json) => Assert.Equal(json, Json(yaml));

    [Theory]
    [InlineData("a: |\n  x\n   y\n\n  z\nb: 1", "x\n y\n\nz\n")]
    [InlineData("a: |-\n  x\n\n", "x")]
    [InlineData("a: |+\n  x\n\n\nb: 1", "x\n\n\n")]
    [InlineData("a: >\n  x\n  y\n\n  z\n", "x y\nz\n")]
    [InlineData("a: \"x\\ty\\u00e9\\n\"", "x\tyé\n")]
    [InlineData("a: 'it''s\n  folded'", "it's folded")]
    [InlineData("a: |\r\n  x\r\n  y\r\n", "x\ny\n")]
    public void Strings_of_several_lines_are_exact(string yaml, string text) =>
        Assert.Equal(text, ManifestReader.Parse(yaml, "a.yaml")[0].ToNode()!["a"]!.GetValue<string>());

    [Fact]
    public void Documents_are_numbered_and_know_their_lines_and_text()
    {
        const string Text = "# head\n---\n# first\na: 1\n---\n\n---\n# nothing\n--- # second\nb:\n- c: 1\n  d: x\n...\n---\n{e: 1}";
        var documents = ManifestReader.Parse(Text, "a.yaml");

        Assert.Equal(["# first\na: 1\n", "b:\n- c: 1\n  d: x\n", "{e: 1}\n"], documents.Select(document => document.Text));
        Assert.Equal([(1, 4), (2, 10), (3, 15)], documents.Select(document => (document.Number, document.Line)));
        Assert.Equal(12, documents[1].LineOf("/b/0/d"));
        Assert.Equal(11, documents[1].LineOf("/b/0/none/deeper"));
        Assert.Equal(10, documents[1].LineOf("/b/7"));
    }

    [Fact]
    public void A_document_that_needs_what_stands_before_it_has_no_text_of_its_own()
    {
        var documents = ManifestReader.Parse("%YAML 1.1\n---\na: 1\n--- {b: 2}\n--- |\n  text\n", "a.yaml");

        Assert.Equal(["""{"a":1}""", """{"b":2}""", "\"text\\n\""], documents.Select(document => Encoding.UTF8.GetString(document.Utf8Json.Span)));
        Assert.All(documents, document => Assert.Null(document.Text));
    }

    [Fact]
    public void Json_documents_follow_each_other_and_know_their_lines()
    {
        var documents = ManifestReader.Parse("{\n \"a\": [1,\n  0.10]\n}\n{\"b\":\n{\"c\": 1e400}}", "a.json");

        Assert.Equal(["""{"a":[1,0.10]}""", """{"b":{"c":1e400}}"""], documents.Select(document => Encoding.UTF8.GetString(document.Utf8Json.Span)));
        Assert.Equal([1, 5], documents.Select(document => document.Line));
        Assert.Equal(3, documents[0].LineOf("/a/1"));
        Assert.Equal(6, documents[1].LineOf("/b/c"));
        Assert.All(documents, document => Assert.Equal(ManifestFormat.Json, document.Format));
    }

    [Theory]
    [InlineData("{a: b, c: [d]}", """{"a":"b","c":["d"]}""")]
    [InlineData("{\"a\":1}\n---\n{\"a\":2}", """{"a":1}""")]
    public void A_yaml_file_may_begin_with_a_brace(string yaml, string json) => Assert.Equal(json, Json(yaml));

    [Theory]
    [InlineData("a: 1\n---\nb: 1\nb: 2\n", 2, 4, "the field \"b\" is there twice: keep one")]
    [InlineData("a:\n- &x 1\nb: *y\n", 1, 3, "there is no anchor &y before this alias: define it first")]
    [InlineData("a: &x [*x]\n", 1, 1, "there is no anchor &x before this alias: define it first")]
    [InlineData("a:\n  <<: 1\n", 1, 2, "'<<' merges a mapping: write '<<: *name' of an anchor at a mapping")]
    [InlineData("a: .nan\n", 1, 1, ".nan is a number that JSON does not have: write a finite number, or put it in quotes")]
    [InlineData("a: !!int x\n", 1, 1, "'x' is no !!int: remove the tag, or write a value of that type")]
    [InlineData("a: !!binary aGk=\n", 1, 1, "the tag !!binary has no meaning in a manifest: remove it")]
    [InlineData("a: !!set {b}\n", 1, 1, "the tag !!set has no meaning in a manifest: remove it")]
    [InlineData("{a: 1, [b]: 2}\n", 1, 1, "a list, a mapping or an alias cannot be the name of a field: put a value that begins with '{' or '[' in quotes")]
    [InlineData("a: {{ .Values.a }}\n", 1, 1, "a list, a mapping or an alias cannot be the name of a field: put a value that begins with '{' or '[' in quotes")]
    [InlineData("a: 1\n---\na:\n\t- b\n", 2, 4, "a tab indents this line: indent with spaces")]
    [InlineData("~: 1\n", 1, 1, "a field without a name: write a name before the ':', in quotes if it is empty or null")]
    public void What_cannot_be_read_is_named_with_its_place_and_the_fix(string yaml, int document, int line, string message)
    {
        var problem = Assert.Single(Assert.Throws<ManifestException>(() => ManifestReader.Parse(yaml, "dir/a.yaml")).Problems);
        Assert.Equal(new ManifestProblem("dir/a.yaml", document, line, message), problem);
    }

    [Theory]
    [InlineData("a: \"\\ud800\"\n", 1, 1, "surrogate")]
    [InlineData("a: 1\nb: c: d\n", 1, 2, "colons")]
    [InlineData("a: [1, 2\nb: 3\n", 1, 1, "brackets")]
    [InlineData("a: \"x\n\n", 1, 1, "quotes")]
    public void Broken_yaml_is_named_with_its_line(string yaml, int document, int line, string fix)
    {
        var problem = Assert.Single(Assert.Throws<ManifestException>(() => ManifestReader.Parse(yaml, "a.yaml")).Problems);
        Assert.Equal((document, line), (problem.Document, problem.Line));
        Assert.StartsWith("this is no YAML: ", problem.Message, StringComparison.Ordinal);
        Assert.Contains(fix, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_text_is_read_or_refused_with_a_line() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000), Prop.ForAll(Nasty.Broken(), text =>
    {
        foreach (var file in (string[])["a.yaml", "a.json", "-"])
        {
            try
            {
                ManifestReader.Parse(text, file);
            }
            catch (ManifestException e)
            {
                Assert.All(e.Problems, problem => Assert.InRange(problem.Line, 1, text.Count(c => c is '\n' or '\r' or '\u0085' or '\u2028' or '\u2029') + 1));
            }
        }
    }));

    [Theory]
    [InlineData("{\"a\": 1}\n{\n\"b\": 1,\n}", 2, 4)]
    [InlineData("{\n\"b\": tru}", 1, 2)]
    [InlineData("{\n\"b\": 01}", 1, 2)]
    [InlineData("{\"a\":\n 1, \"a\": 2}", 1, 2)]
    [InlineData("{\"a\":\n \"\\ud800\"}", 1, 2)]
    public void Broken_json_is_named_with_its_line(string json, int document, int line)
    {
        var problem = Assert.Single(Assert.Throws<ManifestException>(() => ManifestReader.Parse(json, "a.json")).Problems);
        Assert.Equal((document, line), (problem.Document, problem.Line));
    }

    [Fact]
    public void A_bomb_of_aliases_is_refused_without_being_expanded()
    {
        var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 30; i++) bomb.Append($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 9))}]\n");

        var problem = Assert.Single(Assert.Throws<ManifestException>(() => ManifestReader.Parse(bomb.ToString(), "bomb.yaml")).Problems);
        Assert.Contains("the aliases make the document far larger than it is", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[", "]", "a.yaml")]
    [InlineData("{\"a\":", "}", "a.json")]
    [InlineData("{a: ", "}", "a.yaml")]
    public void Nesting_has_a_limit_that_a_stack_does_not_feel(string open, string close, string file)
    {
        string Nested(int depth) => string.Concat(Enumerable.Repeat(open, depth)) + "1" + string.Concat(Enumerable.Repeat(close, depth));

        Assert.Single(ManifestReader.Parse(Nested(64), file));
        Assert.Throws<ManifestException>(() => ManifestReader.Parse(Nested(65), file));
        Assert.Throws<ManifestException>(() => ManifestReader.Parse(Nested(100_000), file));
    }

    [Fact]
    public void Nesting_by_aliases_has_the_same_limit()
    {
        var yaml = new StringBuilder("a0: &a0 []\n");
        for (var i = 1; i < 80; i++) yaml.Append($"a{i}: &a{i} [*a{i - 1}]\n");
        Assert.Throws<ManifestException>(() => ManifestReader.Parse(yaml.ToString(), "a.yaml"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n# nothing\n")]
    [InlineData("---\n---\n...\n")]
    [InlineData("\ufeff")]
    public void A_file_without_content_has_no_documents(string text) => Assert.Empty(ManifestReader.Parse(text, "a.yaml"));

    [Fact]
    public void A_file_that_is_not_there_or_not_utf8_is_named()
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder.PathOf("latin1.yaml"), [(byte)'a', (byte)':', (byte)' ', 0xfc]);

        Assert.Equal($"{folder.PathOf("none.yaml")}: there is no such file: check the path",
            Assert.Throws<ManifestException>(() => ManifestReader.ReadFile(folder.PathOf("none.yaml"))).Message);
        Assert.Equal($"{folder.PathOf("latin1.yaml")}: the file is not UTF-8: save it as UTF-8",
            Assert.Throws<ManifestException>(() => ManifestReader.ReadFile(folder.PathOf("latin1.yaml"))).Message);
    }

    private static string Json(string yaml) => Encoding.UTF8.GetString(ManifestReader.Parse(yaml, "a.yaml")[0].Utf8Json.Span);
}
