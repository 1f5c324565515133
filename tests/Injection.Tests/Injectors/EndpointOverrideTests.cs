using Spanhook.Injection.Injectors;
using Spanhook.Support;
using Spanhook.Support.Policies;

namespace Spanhook.Injection.Tests.Injectors;

public sealed class EndpointOverrideTests
{
    [Theory]
    [InlineData("http://otel.observability:4317", "otel.observability")]
    [InlineData("HTTPS://Otel.Observability./v1/traces", "otel.observability")]
    [InlineData("http://10.0.0.1:4318", "10.0.0.1")]
    [InlineData("otel.observability:4317", null)]
    [InlineData("grpc://otel.observability:4317", null)]
    [InlineData("http://good.example@evil.example", null)]
    [InlineData("http://good.example:80@evil.example", null)]
    [InlineData("http://evil.example\\.good.example", null)]
    [InlineData("http://evil.example?.good.example", null)]
    [InlineData("http://evil.example#.good.example", null)]
    [InlineData("http://$(EVIL).good.example", null)]
    [InlineData("http://evil.example%2f.good.example", null)]
    [InlineData("http://evil.example\n.good.example", null)]
    [InlineData("http://a:b:4317", null)]
    [InlineData("http://a:99999", null)]
    [InlineData("http://a:", null)]
    [InlineData("http:///path", null)]
    [InlineData("http://", null)]
    [InlineData("http://..a", null)]
    [InlineData("http://[::1]:4317", null)]
    public void The_host_is_told_only_where_every_reader_sees_the_same(string endpoint, string? host) => Assert.Equal(host, EndpointOverride.HostOf(endpoint));

    [Theory]
    [InlineData(".observability.svc", "otel.observability.svc", true)]
    [InlineData("observability.svc", "otel.observability.svc", true)]
    [InlineData("otel.observability.svc", "otel.observability.svc", true)]
    [InlineData("observability.svc", "evil-observability.svc", false)]
    [InlineData("observability.svc", "observability.svc.evil.example", false)]
    [InlineData("0.0.1", "10.0.0.1", false)]
    [InlineData("10.0.0.1", "10.0.0.1", true)]
    public void An_ending_counts_at_the_border_of_a_label(string allowed, string host, bool isCovered) => Assert.Equal(isCovered, EndpointOverride.Covers(allowed, host));

    /// <summary>Spec of the policy; annotation; the endpoint that the pod gets; the reasons.</summary>
    public static TheoryData<string, string, string, string> Pods => new()
    {
        { Allowed, "http://otel.team.svc", "http://otel.team.svc", "injected" },
        { Allowed + ", instrumentation: {env: [{name: OTEL_EXPORTER_OTLP_ENDPOINT, value: 'http://of-env'}]}", "http://otel.team.svc", "http://otel.team.svc", "injected" },
        { Allowed, "http://otel.evil.example", Default, "endpoint_not_allowed injected" },
        { Allowed, "no endpoint", Default, "endpoint_not_allowed injected" },
        { "limits: {endpointOverride: Allowed}", "http://otel.team.svc", Default, "endpoint_not_allowed injected" },
        { "limits: {endpointOverride: Denied, allowedEndpoints: [.team.svc]}", "http://otel.team.svc", Default, "endpoint_not_allowed injected" },
        { "mode: Audit, " + Allowed, "http://otel.team.svc", Default, "endpoint_not_allowed injected" },
        { "podSelector: {matchLabels: {a: b} }, " + Allowed, "http://otel.team.svc", Default, "endpoint_not_allowed injected" },
        { "priority: 1", "http://otel.team.svc", Default, "endpoint_not_allowed injected" },
    };

    private const string Allowed = "limits: {endpointOverride: Allowed, allowedEndpoints: [.team.svc]}";
    private const string Default = "http://default";

    [Theory, MemberData(nameof(Pods))]
    public void An_endpoint_that_is_not_allowed_is_told_and_the_configured_one_is_used(string policy, string annotation, string endpoint, string codes)
    {
        var cluster = PolicyClusters.With(policy, "spec: {exporter: {endpoint: 'http://default'} }");
        foreach (var (injector, spec) in new[] { ("java", "containers: [{name: main, image: a}]"), ("vllm", "containers: [{name: main, image: 'vllm/vllm-openai:v0.19.0', args: [--model=m]}]") })
        {
            var injected = Injected.From(PolicyClusters.Pod(spec, ($"inject-{injector}", "true"), ("otlp-endpoint", annotation)), "shop", cluster);
            Assert.Equal(codes, string.Join(' ', injected.Codes));
            Assert.Equal(endpoint, PolicyClusters.Variable(injected.Pod, "OTEL_EXPORTER_OTLP_ENDPOINT"));
            if (injector == "vllm") Assert.Contains($"--otlp-traces-endpoint={endpoint}", injected.Pod.ToJsonString(), StringComparison.Ordinal);
            Assert.Empty(injected.Again("shop", cluster).Patch);
        }
    }

    [Fact]
    public void The_applications_own_endpoint_beats_the_annotation()
    {
        var cluster = PolicyClusters.With(Allowed, "spec: {exporter: {endpoint: 'http://default'} }");
        var pod = PolicyClusters.Pod("containers: [{name: main, image: a, env: [{name: OTEL_EXPORTER_OTLP_ENDPOINT, value: 'http://own'}]}]", ("inject-java", "true"), ("otlp-endpoint", "http://otel.team.svc"));
        Assert.Equal("http://own", PolicyClusters.Variable(Injected.From(pod, "shop", cluster).Pod, "OTEL_EXPORTER_OTLP_ENDPOINT"));
    }

    [Fact]
    public void Of_two_policies_the_higher_one_decides_field_by_field()
    {
        var cluster = PolicyClusters.With(["priority: 2, limits: {endpointOverride: Allowed}", "priority: 1, limits: {endpointOverride: Denied, allowedEndpoints: [.team.svc]}"], "spec: {}");
        var pod = PolicyClusters.Pod("containers: [{name: main, image: a}]", ("inject-java", "true"), ("otlp-endpoint", "http://otel.team.svc"));
        Assert.Equal("http://otel.team.svc", PolicyClusters.Variable(Injected.From(pod, "shop", cluster).Pod, "OTEL_EXPORTER_OTLP_ENDPOINT"));
    }
}
