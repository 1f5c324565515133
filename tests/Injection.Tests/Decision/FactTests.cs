using System.Text.Json.Nodes;
using Spanhook.Injection.Cluster;
using Spanhook.Support;
using Spanhook.Support.Corpus;

namespace Spanhook.Injection.Tests.Decision;

/// <summary>What a case of its own would be too much for.</summary>
public sealed class FactTests
{
    private const string Java = "instrumentation.opentelemetry.io/inject-java";

    [Fact]
    public void An_Instrumentation_of_another_namespace_is_used_by_everybody_where_the_setting_says_so()
    {
        Assert.SkipUnless(InstrumentationCorpus.IsPresent, InstrumentationCorpus.Absent);
        var record = InstrumentationCorpus.Read("select-ns-name");
        var any = InjectionOptions.Default with { CrossNamespace = CrossNamespace.Any };
        var injected = Injected.From(record.PodJson, record.Namespace, ClusterSnapshot.Compile(record.Cluster()), any);
        JsonDifference.AssertSame(CorpusPod.Normal(record.OutputPod), CorpusPod.Normal(injected.Pod), record.Name);
    }

    [Fact]
    public void A_pod_of_a_namespace_that_nobody_knows_is_decided_on() =>
        Assert.Equal(["instrumentation_not_found"], Injected.From(Pod("""{"name":"app"}"""), "unknown", ClusterSnapshot.Empty).Codes);

    [Theory]
    [InlineData("inject-java", "review_too_large")]
    [InlineData("container-names", "not_requested")]
    public void A_pod_of_very_many_containers_is_refused_only_where_something_is_asked_for(string annotation, string code)
    {
        var containers = string.Join(',', Enumerable.Range(0, 513).Select(i => $$"""{"name":"c{{i}}"}"""));
        var pod = $$$"""{"metadata":{"annotations":{"instrumentation.opentelemetry.io/{{{annotation}}}":"c1"}},"spec":{"containers":[{{{containers}}}]}}""";
        Assert.Equal([code], Injected.From(pod, "shop", Cluster("http://c:4318")).Codes);
    }

    [Fact]
    public void A_script_longer_than_any_of_the_field_is_not_read()
    {
        var script = System.Text.Json.JsonSerializer.Serialize($"vllm serve m # {new string('x', 65_536)}");
        var pod = $$$"""{"metadata":{"annotations":{"instrumentation.opentelemetry.io/inject-vllm":"true"}},"spec":{"containers":[{"name":"a","image":"vllm/vllm-openai:v0.22.0","command":["sh","-c",{{{script}}}]}]}}""";
        var decision = Assert.Single(Injected.From(pod, "shop", Cluster("http://c:4317")).Result.Decisions);
        Assert.Equal("engine_command_opaque", decision.Reason.Code);
        Assert.Contains("longer than", decision.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disabled_injector_is_a_reason_and_stops_no_other()
    {
        var options = InjectionOptions.Default with { Disabled = new HashSet<string>(StringComparer.Ordinal) { "java" } };
        Assert.Equal(["language_disabled"], Injected.From(Pod("""{"name":"app"}"""), "shop", Cluster("http://c:4318"), options).Codes);
    }

    [Fact]
    public void Of_a_variable_that_is_there_twice_the_last_is_extended()
    {
        var env = Env(Inject("""{"name":"app","env":[{"name":"JAVA_TOOL_OPTIONS","value":"-first"},{"name":"JAVA_TOOL_OPTIONS","value":"-last"}]}"""));
        Assert.Equal(["-first", "-last -javaagent:/otel-auto-instrumentation-java-app/javaagent.jar"], env.Where(e => e.Name == "JAVA_TOOL_OPTIONS").Select(e => e.Value));
    }

    [Fact]
    public void A_helper_name_that_the_user_has_is_a_collision() =>
        Assert.Equal(["name_collision"], Inject("""
            {"name":"app","env":[{"name":"SPANHOOK_ORIGINAL_JAVA_TOOL_OPTIONS","value":"x"},{"name":"JAVA_TOOL_OPTIONS","valueFrom":{"configMapKeyRef":{"name":"c","key":"k"}}}]}
            """).Codes);

    [Theory]
    [InlineData("http://c:4317", """{"name":"app"}""", true)]
    [InlineData("http://c:4318", """{"name":"app"}""", false)]
    [InlineData("http://c:4317", """{"name":"app","env":[{"name":"OTEL_EXPORTER_OTLP_PROTOCOL","value":"grpc"}]}""", false)]
    [InlineData("http://c:4318", """{"name":"app","env":[{"name":"OTEL_EXPORTER_OTLP_PROTOCOL","value":"grpc"}]}""", true)]
    [InlineData("http://c:4317", """{"name":"app","env":[{"name":"OTEL_EXPORTER_OTLP_ENDPOINT","value":"http://mine:4318"}]}""", false)]
    [InlineData("http://c:4318", """{"name":"app","env":[{"name":"OTEL_EXPORTER_OTLP_ENDPOINT","value":"http://mine:4317"}]}""", true)]
    [InlineData("http://c:4317", """{"name":"app","env":[{"name":"OTEL_EXPORTER_OTLP_PROTOCOL","valueFrom":{"configMapKeyRef":{"name":"c","key":"k"}}}]}""", false)]
    [InlineData("http://c:4317", """{"name":"app","env":[{"name":"OTEL_EXPORTER_OTLP_ENDPOINT","valueFrom":{"configMapKeyRef":{"name":"c","key":"k"}}}]}""", false)]
    [InlineData("http://c:14317", """{"name":"app"}""", false)]
    [InlineData("http://c:9999", """{"name":"app"}""", false)]
    public void An_endpoint_that_cannot_match_the_protocol_in_effect_is_a_warning_and_no_other_is(string endpoint, string container, bool isWarning)
    {
        var injected = Injected.From(Pod(container), "shop", Cluster(endpoint));
        Assert.Contains("injected", injected.Codes);
        Assert.Equal(isWarning, injected.Codes.Contains("endpoint_protocol_mismatch"));
    }

    [Fact]
    public void What_another_injector_added_since_is_completed()
    {
        var cluster = Cluster("http://c:4318");
        var once = Injected.From(Pod("""{"name":"app"}"""), "shop", cluster);
        once.Pod["spec"]!["containers"]!.AsArray()[0]!["env"]!.AsArray().RemoveAt(0);
        var again = once.Again("shop", cluster);
        Assert.Contains("injected", again.Codes);
        Assert.Equal("OTEL_NODE_IP", Env(again)[0].Name);
        Assert.Empty(again.Again("shop", cluster).Patch);
    }

    [Theory]
    [InlineData("""{"sampler":{"type":"sometimes"}}""", "spec.sampler.type")]
    [InlineData("""{"sampler":{"type":"traceidratio","argument":"x"}}""", "spec.sampler.argument")]
    [InlineData("""{"sampler":{"type":"parentbased_traceidratio","argument":"1.01"}}""", "spec.sampler.argument")]
    [InlineData("""{"sampler":{"type":"traceidratio","argument":"-0.1"}}""", "spec.sampler.argument")]
    [InlineData("""{"sampler":{"type":"traceidratio","argument":"NaN"}}""", "spec.sampler.argument")]
    [InlineData("""{"sampler":{"type":"jaeger_remote","argument":"endpoint=http://j,pollingIntervalMs=soon"}}""", "spec.sampler.argument")]
    [InlineData("""{"propagators":["tracecontext","pigeon"]}""", "spec.propagators")]
    [InlineData("""{"java":{"volumeLimitSize":"1Gi","volumeClaimTemplate":{"spec":{"resources":{"requests":{"storage":"1Gi"}}}}}}""", "spec.java")]
    [InlineData("""{"apacheHttpd":{"configPath":"/etc/$(rm)"}}""", "spec.apacheHttpd.configPath")]
    [InlineData("""{"nginx":{"configFile":"/etc/nginx conf"}}""", "spec.nginx.configFile")]
    public void A_mistake_in_an_Instrumentation_names_its_field(string spec, string field)
    {
        var instrumentation = System.Text.Json.JsonSerializer.Deserialize($$"""{"metadata":{"name":"a","namespace":"shop"},"spec":{{spec}}}""", Api.ApiJsonContext.Default.Instrumentation)!;
        var problems = ClusterSnapshot.Compile(new() { Instrumentations = [instrumentation] }).Problems.Where(p => p.IsError).ToList();
        Assert.Contains(problems, p => p.Field.StartsWith(field, StringComparison.Ordinal) && p.Name == "shop/a" && p.Message.Length > 10);
    }

    private static Injected Inject(string container) => Injected.From(Pod(container), "shop", Cluster("http://c:4318"));

    private static ClusterSnapshot Cluster(string endpoint) => ClusterSnapshot.Compile(new()
    {
        Instrumentations = [new() { Metadata = new() { Name = "a", Namespace = "shop" }, Spec = new() { Exporter = new() { Endpoint = endpoint } } }],
    });

    private static string Pod(string container) => new JsonObject
    {
        ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [Java] = "true" } },
        ["spec"] = new JsonObject { ["containers"] = new JsonArray(JsonNode.Parse(container)) },
    }.ToJsonString();

    private static List<(string Name, string? Value)> Env(Injected injected) =>
        [.. injected.Pod["spec"]!["containers"]!.AsArray()[0]!["env"]!.AsArray().Select(e => (e!["name"]!.GetValue<string>(), e["value"]?.GetValue<string>()))];
}
