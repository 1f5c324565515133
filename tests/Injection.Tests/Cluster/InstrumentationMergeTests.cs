using System.Text.Json;
using Spanhook.Api;
using Spanhook.Api.OpenTelemetry;
using Spanhook.Api.Policy;
using Spanhook.Injection.Cluster;
using Spanhook.Support;

namespace Spanhook.Injection.Tests.Cluster;

/// <summary>Two policies' <c>spec.instrumentation</c> in one, field by field.</summary>
public sealed class InstrumentationMergeTests
{
    [Theory]
    [InlineData("exporter", """{"exporter":{"endpoint":"http://h:4317"}}""", """{"exporter":{"endpoint":"http://l:4318","protocol":"http/protobuf"}}""", """{"exporter":{"endpoint":"http://h:4317","protocol":"http/protobuf"}}""")]
    [InlineData("an exporter of the lower one", """{"propagators":["b3"]}""", """{"exporter":{"endpoint":"http://l:4318"}}""", """{"propagators":["b3"],"exporter":{"endpoint":"http://l:4318"}}""")]
    [InlineData("tls is one field", """{"exporter":{"tls":{"ca_file":"h"}}}""", """{"exporter":{"tls":{"secretName":"l","ca_file":"l"}}}""", """{"exporter":{"tls":{"ca_file":"h"}}}""")]
    [InlineData("a sampler's type takes no other argument", """{"sampler":{"type":"always_on"}}""", """{"sampler":{"type":"traceidratio","argument":"0.1"}}""", """{"sampler":{"type":"always_on"}}""")]
    [InlineData("a sampler's argument alone", """{"sampler":{"argument":"0.5"}}""", """{"sampler":{"type":"traceidratio","argument":"0.1"}}""", """{"sampler":{"type":"traceidratio","argument":"0.5"}}""")]
    [InlineData("propagators are one list", """{"propagators":["b3"]}""", """{"propagators":["tracecontext","baggage"]}""", """{"propagators":["b3"]}""")]
    [InlineData("an empty list says nothing", """{"propagators":[]}""", """{"propagators":["baggage"]}""", """{"propagators":["baggage"]}""")]
    [InlineData("an empty text says nothing", """{"exporter":{"endpoint":""}}""", """{"exporter":{"endpoint":"http://l:4318"}}""", """{"exporter":{"endpoint":"http://l:4318"}}""")]
    [InlineData("attributes by key", """{"resource":{"resourceAttributes":{"a":"h"}}}""", """{"resource":{"addK8sUIDAttributes":true,"resourceAttributes":{"a":"l","b":"l"}}}""", """{"resource":{"addK8sUIDAttributes":true,"resourceAttributes":{"a":"h","b":"l"}}}""")]
    [InlineData("false is a value", """{"resource":{"addK8sUIDAttributes":false},"defaults":{"useLabelsForResourceAttributes":false}}""", """{"resource":{"addK8sUIDAttributes":true},"defaults":{"useLabelsForResourceAttributes":true}}""", """{"resource":{"addK8sUIDAttributes":false,"resourceAttributes":{}},"defaults":{"useLabelsForResourceAttributes":false}}""")]
    [InlineData("env by name", """{"env":[{"name":"A","value":"h"}]}""", """{"env":[{"name":"A","valueFrom":{"fieldRef":{"fieldPath":"spec.nodeName"}}},{"name":"B","value":"l"}]}""", """{"env":[{"name":"A","value":"h"},{"name":"B","value":"l"}]}""")]
    [InlineData("a section by its fields", """{"java":{"image":"h","env":[{"name":"A","value":"h"}]}}""", """{"java":{"image":"l","env":[{"name":"B","value":"l"}],"extensions":[{"image":"e","dir":"/e"}]}}""", """{"java":{"image":"h","env":[{"name":"A","value":"h"},{"name":"B","value":"l"}],"extensions":[{"image":"e","dir":"/e"}]}}""")]
    [InlineData("a volume is one field", """{"java":{"volumeLimitSize":"1Gi"}}""", """{"java":{"volumeClaimTemplate":{"spec":{"storageClassName":"l"}}}}""", """{"java":{"volumeLimitSize":"1Gi"}}""")]
    [InlineData("resources have two names", """{"python":{"resourceRequirements":{"limits":{"cpu":"1"}}}}""", """{"python":{"resources":{"limits":{"cpu":"2"}}}}""", """{"python":{"resourceRequirements":{"limits":{"cpu":"1"}}}}""")]
    [InlineData("directives by name", """{"nginx":{"configFile":"/h","attrs":[{"name":"X","value":"h"}]}}""", """{"nginx":{"configFile":"/l","attrs":[{"name":"X","value":"l"},{"name":"Y","value":"l"}]}}""", """{"nginx":{"configFile":"/h","attrs":[{"name":"X","value":"h"},{"name":"Y","value":"l"}]}}""")]
    [InlineData("rights and pull policy", """{"imagePullPolicy":"Always"}""", """{"imagePullPolicy":"Never","initContainerSecurityContext":{"runAsNonRoot":true}}""", """{"imagePullPolicy":"Always","initContainerSecurityContext":{"runAsNonRoot":true}}""")]
    public void The_higher_one_wins_where_it_says_something(string what, string high, string low, string expected)
    {
        var merged = JsonSerializer.SerializeToNode(InstrumentationMerge.Merge(Spec(high), Spec(low)), ApiJsonContext.Default.InstrumentationSpec);
        JsonDifference.AssertSame(JsonSerializer.SerializeToNode(Spec(expected), ApiJsonContext.Default.InstrumentationSpec), merged, what);
    }

    [Fact]
    public void Every_field_of_either_is_in_the_merge_of_both()
    {
        var full = Full();
        JsonDifference.AssertSame(JsonSerializer.SerializeToNode(full, ApiJsonContext.Default.InstrumentationSpec), JsonSerializer.SerializeToNode(InstrumentationMerge.Merge(new(), full), ApiJsonContext.Default.InstrumentationSpec), "of the lower one");
        JsonDifference.AssertSame(JsonSerializer.SerializeToNode(full, ApiJsonContext.Default.InstrumentationSpec), JsonSerializer.SerializeToNode(InstrumentationMerge.Merge(full, new()), ApiJsonContext.Default.InstrumentationSpec), "of the higher one");
        JsonDifference.AssertSame(JsonSerializer.SerializeToNode(full, ApiJsonContext.Default.InstrumentationSpec), JsonSerializer.SerializeToNode(InstrumentationMerge.Merge(full, full), ApiJsonContext.Default.InstrumentationSpec), "with itself");
        Assert.All(typeof(InstrumentationSpec).GetProperties(), property => Assert.True(property.GetValue(full) is not null, $"the test gives no {property.Name}"));
        Assert.All(typeof(InjectorSection).GetProperties(), property => Assert.True(property.GetValue(full.Java) is not null || property.GetValue(full.Nginx) is not null, $"the test gives no section's {property.Name}"));
    }

    [Fact]
    public void The_source_is_the_highest_that_carries_any_and_what_is_wrong_with_one_is_said()
    {
        var index = ClusterSnapshot.Compile(new()
        {
            Policies = [Policy("a-low", 1, """{"exporter":{"endpoint":"http://l:4318"}}"""), Policy("high", 9, """{"propagators":["b3"]}"""), Policy("broken", 0, """{"propagators":["pigeon"]}"""), new() { Metadata = new() { Name = "silent" }, Spec = new() { Priority = 50 } }],
        }).Policies;
        var both = InstrumentationMerge.Compile([.. index.Policies.Where(p => p.Name is "high" or "a-low")]);
        Assert.Equal(("TracingPolicy high", "TracingPolicy/high", "http://l:4318", "b3", null), (both.Source, both.MarkerSource, both.Endpoint, both.Propagators, both.Errors));
        Assert.StartsWith("TracingPolicy broken: spec.instrumentation.propagators", InstrumentationMerge.Compile([.. index.Policies.Where(p => p.InstrumentationSpec is not null)]).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_combination_is_compiled_once()
    {
        var cluster = ClusterSnapshot.Compile(new() { Policies = [Policy("one", 1, """{"propagators":["b3"]}"""), Policy("two", 2, """{"env":[]}"""), new() { Metadata = new() { Name = "third" }, Spec = new() { PodSelector = new() { MatchLabels = new Dictionary<string, string> { ["app"] = "x" } } } }] });
        using var plain = JsonDocument.Parse("{}");
        using var labelled = JsonDocument.Parse("""{"app":"x"}""");
        var first = cluster.Policies.Match(cluster.Namespace("a"), "a", plain.RootElement);
        var second = cluster.Policies.Match(cluster.Namespace("b"), "b", labelled.RootElement);
        Assert.NotSame(first, second);
        Assert.Same(first.Enforced.Instrumentation, second.Enforced.Instrumentation);
    }

    private static TracingPolicy Policy(string name, int priority, string instrumentation) => new() { Metadata = new() { Name = name }, Spec = new() { Priority = priority, Instrumentation = Spec(instrumentation) } };

    private static InstrumentationSpec Spec(string json) => JsonSerializer.Deserialize(json, ApiJsonContext.Default.InstrumentationSpec)!;

    private static InstrumentationSpec Full()
    {
        const string section = """
            {"image":"i","env":[{"name":"A","value":"a"}],"volumeLimitSize":"1Gi","resources":{"limits":{"cpu":"1"}},"extensions":[{"image":"e","dir":"/e"}],
             "securityContext":{"runAsUser":1},"attrs":[{"name":"X","value":"x"}],"version":"2.4","configPath":"/c","configFile":"/f"}
            """;
        const string other = """{"volumeClaimTemplate":{"spec":{"storageClassName":"s"}},"resourceRequirements":{"limits":{"cpu":"1"}}}""";
        return Spec($$$"""
            {"exporter":{"endpoint":"http://e:4318","protocol":"grpc","tls":{"secretName":"s","configMapName":"c","ca_file":"a","cert_file":"b","key_file":"c"}},
             "resource":{"resourceAttributes":{"k":"v"},"addK8sUIDAttributes":true},"propagators":["b3"],"sampler":{"type":"traceidratio","argument":"0.5"},
             "defaults":{"useLabelsForResourceAttributes":true},"env":[{"name":"E","value":"e"}],"java":{{{section}}},"nodejs":{{{section}}},"python":{{{section}}},"dotnet":{{{section}}},
             "go":{{{section}}},"apacheHttpd":{{{section}}},"nginx":{{{other}}},"imagePullPolicy":"Always","initContainerSecurityContext":{"runAsUser":1}}
            """);
    }
}
