using System.Text.RegularExpressions;
using Spanhook.Manifests;

namespace Spanhook.Deploy.Tests;

public sealed partial class CrdTests
{
    private const string Instrumentations = "instrumentations.opentelemetry.io";
    private const string Policies = "tracingpolicies.spanhook.dev";

    public static TheoryData<string> Crds => [Instrumentations, Policies];

    [Theory]
    [MemberData(nameof(Crds))]
    public void Every_part_of_the_schema_is_structural_and_described(string crd) => Walk(Schema.Of(crd), crd, (schema, path) =>
    {
        var isQuantity = schema["x-kubernetes-int-or-string"] is not null;
        Assert.True(isQuantity ^ schema["type"] is not null, $"{path}: type, or x-kubernetes-int-or-string");
        Assert.True(schema["default"] is null, $"{path}: defaults are applied when the object is read");
        foreach (var (name, inner) in schema["properties"]?.AsObject() ?? [])
            Assert.True(name == "metadata" && path == crd || inner!["description"] is not null, $"{path}.{name} has no description");
    });

    /// <summary>An unbounded list or text is what a rule's cost is estimated from: the API server refuses the whole definition.</summary>
    [Theory]
    [MemberData(nameof(Crds))]
    public void Every_list_with_a_rule_in_it_is_bounded_and_every_rule_has_a_message(string crd) => Walk(Schema.Of(crd), crd, (schema, path) =>
    {
        foreach (var rule in schema["x-kubernetes-validations"]?.AsArray() ?? []) Assert.True(rule!["message"] is not null, $"{path} has a rule without message");
        if (schema["items"] is { } items && items.ToJsonString().Contains("x-kubernetes-validations", StringComparison.Ordinal)) Assert.True(schema["maxItems"] is not null, $"{path} has no maxItems");
    });

    [Fact]
    public void Every_list_and_map_of_a_policy_is_bounded() => Walk(Schema.Of(Policies)["properties"]!["spec"]!, "spec", (schema, path) =>
    {
        // What core Kubernetes types hold is bounded by the size of a request.
        if (CoreTypes().IsMatch(path)) return;
        if ((string?)schema["type"] == "array") Assert.True(schema["maxItems"] is not null, $"{path} has no maxItems");
        if (schema["additionalProperties"] is not null) Assert.True(schema["maxProperties"] is not null, $"{path} has no maxProperties");
    });

    [Fact]
    public void The_sections_of_all_languages_and_of_the_policy_have_the_same_shape()
    {
        var own = Schema.Of(Instrumentations)["properties"]!["spec"]!["properties"]!.AsObject();
        var policy = Schema.Of(Policies)["properties"]!["spec"]!["properties"]!["instrumentation"]!["properties"]!.AsObject();
        Assert.Equal(own.Select(p => p.Key), policy.Select(p => p.Key));
        var env = own["env"]!["items"]!;
        foreach (var language in new[] { "java", "nodejs", "python", "dotnet", "go", "apacheHttpd", "nginx" })
        {
            var section = own[language]!["properties"]!;
            Assert.True(JsonNode.DeepEquals(env, section["env"]!["items"]), $"{language}.env");
            Assert.True(JsonNode.DeepEquals(own["java"]!["properties"]!["volumeClaimTemplate"]!["properties"], section["volumeClaimTemplate"]!["properties"]), $"{language}.volumeClaimTemplate");
            Assert.NotNull(section[language == "java" ? "resources" : "resourceRequirements"]);
            Assert.Equal(section.AsObject().Select(p => p.Key), policy[language]!["properties"]!.AsObject().Select(p => p.Key));
        }
    }

    [Fact]
    public void A_policy_names_the_engines_of_the_README()
    {
        var readme = File.ReadAllText(RepositoryRoot.PathOf("README.md"));
        var table = readme[readme.IndexOf("| product |", StringComparison.Ordinal)..readme.IndexOf("Recognized, and left alone", StringComparison.Ordinal)];
        var named = EngineCell().Matches(table).Select(m => m.Groups["name"].Value).Prepend("auto");
        var engines = Schema.Of(Policies)["properties"]!["spec"]!["properties"]!["inject"]!["properties"]!["engines"]!["items"]!["enum"];
        Assert.Equal(named.Order(StringComparer.Ordinal), OverlayTests.Texts(engines).Order(StringComparer.Ordinal));
    }

    /// <summary>Fixtures hold what people write; what is wrong on purpose there is refused when compiled, or never gets past the schema.</summary>
    [Fact]
    public void The_samples_and_the_fixtures_fit_the_schemas()
    {
        var schemas = new Dictionary<string, JsonNode>(StringComparer.Ordinal) { ["Instrumentation"] = Schema.Of(Instrumentations), ["TracingPolicy"] = Schema.Of(Policies) };
        string[] folders = [RepositoryRoot.PathOf("samples", "cluster"), RepositoryRoot.PathOf("tests", "Fixtures")];
        var checkedObjects = 0;
        var problems = new List<string>();
        foreach (var file in folders.SelectMany(f => Directory.EnumerateFiles(f, "*.yaml", SearchOption.AllDirectories)).Where(f => !f.Contains(".golden.", StringComparison.Ordinal)))
        {
            foreach (var document in ManifestReader.ReadFile(file))
            {
                if (document.ToNode() is not JsonObject value || !schemas.TryGetValue(value["kind"]?.ToString() ?? "", out var schema)) continue;
                checkedObjects++;
                problems.AddRange(Schema.Problems(value, schema, "").Select(p => $"{Path.GetRelativePath(RepositoryRoot.Directory, file)}: {p}"));
            }
        }

        Assert.True(checkedObjects > 100, $"only {checkedObjects} objects were found");
        Assert.Empty(problems);
    }

    [Fact]
    public void The_check_of_the_schema_finds_what_is_wrong()
    {
        var wrong = JsonNode.Parse("""{"spec":{"samplr":{},"sampler":{"type":"often"},"java":{"extensions":[{"image":"a"}],"volumeLimitSize":true}}}""");
        var problems = Schema.Problems(wrong, Schema.Of(Instrumentations), "").ToList();
        Assert.Equal(4, problems.Count);
    }

    private static void Walk(JsonNode schema, string path, Action<JsonNode, string> check)
    {
        check(schema, path);
        foreach (var (name, inner) in schema["properties"]?.AsObject() ?? []) Walk(inner!, $"{path}.{name}", check);
        if (schema["items"] is { } items) Walk(items, path + "[]", check);
        if (schema["additionalProperties"] is { } values) Walk(values, path + "{}", check);
    }

    [GeneratedRegex(@"volumeClaimTemplate|\.resources|resourceRequirements|[sS]ecurityContext", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex CoreTypes();

    [GeneratedRegex(@"^\| [^|]+ \| `(?<name>[a-z0-9-]+)`", RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex EngineCell();
}
