using Spanhook.Support;
using Spanhook.Support.Policies;

namespace Spanhook.Injection.Tests.Injectors;

public sealed class EngineServiceNameTests
{
    private const string Engine = "containers: [{name: main, image: 'vllm/vllm-openai:v0.19.0', args: [--model=Qwen/Qwen3-32B]}]";

    /// <summary>Template; labels; the name.</summary>
    public static TheoryData<string, string, string> Names => new()
    {
        { "vllm-{role}", "", "vllm" },
        { "vllm-{role}", "llm-d.ai/role: decode", "vllm-decode" },
        { "vllm-{role}", "llm-d.ai/role: whatever", "vllm" },
        { "llm/{namespace}/{model}-{role}", "model.aibrix.ai/role: prefill", "llm/shop/Qwen3-32B-prefill" },
        { "{owner}.{container}", "", "llama.main" },
        { "{role}", "", "llama" },
    };

    [Theory, MemberData(nameof(Names))]
    public void A_policy_names_engines_by_its_template(string template, string labels, string expected) =>
        Assert.Equal(expected, NameOf($"serviceNames: {{engine: '{template}'}}", Engine, labels));

    [Fact]
    public void The_pods_own_names_beat_the_template()
    {
        const string policy = "serviceNames: {engine: 'by-policy'}";
        var own = Engine.Replace("args:", "env: [{name: OTEL_SERVICE_NAME, value: own}], args:", StringComparison.Ordinal);
        Assert.Equal("own", NameOf(policy, own, ""));
        Assert.Equal("annotated", NameOf(policy, Engine, "", ("resource.opentelemetry.io/service.name", "annotated")));
    }

    [Fact]
    public void Routers_and_sidecars_keep_the_names_of_their_charts() => Assert.Equal(
        "routing-proxy",
        NameOf("serviceNames: {engine: 'by-policy'}", "containers: [{name: main, image: 'ghcr.example/llm-d/llm-d-routing-sidecar:v0.9.0', args: [--port=8000]}]", "", inject: "llm-d-sidecar"));

    [Fact]
    public void A_policy_that_only_audits_names_nothing() => Assert.Equal("llama", NameOf("mode: Audit, serviceNames: {engine: 'by-policy'}", Engine, ""));

    private static string? NameOf(string policy, string spec, string labels, (string, string)? annotation = null, string inject = "vllm")
    {
        var cluster = PolicyClusters.With(policy, "spec: {exporter: {endpoint: 'http://default:4317'} }");
        var pod = PolicyClusters.Pod(spec, labels, [($"inject-{inject}", "true"), .. annotation is { } one ? new[] { one } : []]);
        return PolicyClusters.Variable(Injected.From(pod, "shop", cluster).Pod, "OTEL_SERVICE_NAME");
    }
}
