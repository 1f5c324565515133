using Spanhook.Api;
using Spanhook.Injection.Cluster;
using Spanhook.Support;

namespace Spanhook.Injection.Tests.Injectors;

/// <summary>
/// What an Instrumentation adds must fit the pod that it is added to: else the API server would refuse the pod, and the webhook would have cost
/// somebody a pod. What only the pod tells is refused here; what the resource alone tells is an error of the resource.
/// </summary>
public sealed class AddedPartsTests
{
    private const string Ephemeral = """{"java":{"volumeClaimTemplate":{"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}}}""";
    private const string Claims = """{"java":{"resources":{"claims":[{"name":"gpu"}]}}}""";

    [Theory]
    [InlineData("java", "opentelemetry-auto-instrumentation-java")]
    [InlineData("nodejs", "opentelemetry-auto-instrumentation-nodejs")]
    [InlineData("python", "opentelemetry-auto-instrumentation-python")]
    [InlineData("dotnet", "opentelemetry-auto-instrumentation-dotnet")]
    [InlineData("apache-httpd", "otel-agent-source-container-clone")]
    [InlineData("apache-httpd", "otel-agent-attach-apache")]
    [InlineData("nginx", "otel-agent-attach-nginx")]
    public void A_container_that_has_the_name_of_an_init_container_of_ours_keeps_the_pod_as_it_is(string injector, string name)
    {
        AssertRefused(Pod(injector, $$"""{"name":"{{name}}","image":"b"}"""), "{}", "name_collision", name);
        Assert.Equal(["injected"], Inject(Pod(injector, """{"name":"other","image":"b"}"""), "{}").Codes);
    }

    [Fact]
    public void A_claim_that_the_resources_name_must_be_one_of_the_pods()
    {
        AssertRefused(Pod("java"), Claims, "instrumentation_invalid", "gpu");
        Assert.Equal(["injected"], Inject(Pod("java", spec: ""","resourceClaims":[{"name":"gpu","resourceClaimName":"one"}]"""), Claims).Codes);
    }

    [Fact]
    public void A_claim_that_is_made_of_a_template_must_have_room_for_its_name()
    {
        const string volume = "opentelemetry-auto-instrumentation-java";
        var longest = new string('a', 253 - 1 - volume.Length);
        Assert.Equal(["injected"], Inject(Pod("java", name: longest), Ephemeral).Codes);
        AssertRefused(Pod("java", name: longest + "a"), Ephemeral, "pod_invalid", "253");
        Assert.Equal(["injected"], Inject(Pod("java", name: longest + "a"), "{}").Codes);
    }

    [Fact]
    public void A_container_whose_resources_an_environment_reads_must_be_in_the_pod()
    {
        const string spec = """{"env":[{"name":"CPUS","valueFrom":{"resourceFieldRef":{"containerName":"worker","resource":"limits.cpu"}}}]}""";
        AssertRefused(Pod("java"), spec, "instrumentation_invalid", "worker");
        Assert.Equal(["injected"], Inject(Pod("java", """{"name":"worker","image":"b"}"""), spec).Codes);
    }

    private static void AssertRefused(string pod, string spec, string code, string named)
    {
        var injected = Inject(pod, spec);
        Assert.Equal([code], injected.Codes);
        Assert.Empty(injected.Patch);
        Assert.Contains(named, injected.Result.Decisions[0].Detail, StringComparison.Ordinal);
    }

    private static Injected Inject(string pod, string spec)
    {
        var instrumentation = System.Text.Json.JsonSerializer.Deserialize(
            $$"""{"metadata":{"name":"i","namespace":"ns"},"spec":{{spec}}}""", ApiJsonContext.Default.Instrumentation)!;
        var cluster = ClusterSnapshot.Compile(ClusterObjects.Empty with { Instrumentations = [instrumentation] });
        Assert.Empty(cluster.Problems);
        return Injected.From(pod, "ns", cluster);
    }

    private static string Pod(string injector, string? container = null, string spec = "", string name = "p") => $$$"""
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}","annotations":{"instrumentation.opentelemetry.io/inject-{{{injector}}}":"true"}},
        "spec":{"containers":[{"name":"app","image":"a"}{{{(container is null ? "" : "," + container)}}}]{{{spec}}}}}
        """;
}
