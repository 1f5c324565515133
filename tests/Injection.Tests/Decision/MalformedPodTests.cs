using Spanhook.Injection.Cluster;
using Spanhook.Injection.Decision;
using Spanhook.Support;

namespace Spanhook.Injection.Tests.Decision;

/// <summary>Until the API server has validated it, anybody may send anything: it costs nobody the answer.</summary>
public sealed class MalformedPodTests
{
    private const string Annotations = """{"instrumentation.opentelemetry.io/inject-java":"true","instrumentation.opentelemetry.io/inject-vllm":"true"}""";

    private static readonly ClusterSnapshot Cluster = ClusterSnapshot.Compile(new()
    {
        Instrumentations = [new() { Metadata = new() { Name = "a", Namespace = "shop" }, Spec = new() { Exporter = new() { Endpoint = "http://collector:4318" } } }],
    });

    [Theory]
    [InlineData("""null""")]
    [InlineData("""{}""")]
    [InlineData("""{"containers":null}""")]
    [InlineData("""{"containers":{}}""")]
    [InlineData("""{"containers":[]}""")]
    [InlineData("""{"containers":[null]}""")]
    [InlineData("""{"containers":["app"]}""")]
    [InlineData("""{"containers":[{}]}""")]
    [InlineData("""{"containers":[{"name":1}]}""")]
    [InlineData("""{"containers":[{"name":"app","env":"x"}]}""")]
    [InlineData("""{"containers":[{"name":"app","env":{}}]}""")]
    [InlineData("""{"containers":[{"name":"app","env":["x"]}]}""")]
    [InlineData("""{"containers":[{"name":"app","env":[{"value":"x"}]}]}""")]
    [InlineData("""{"containers":[{"name":"app","volumeMounts":"x"}]}""")]
    [InlineData("""{"containers":[{"name":"app","command":"x"}]}""")]
    [InlineData("""{"containers":[{"name":"app","args":[1]}]}""")]
    [InlineData("""{"containers":[{"name":"app"}],"initContainers":{}}""")]
    [InlineData("""{"containers":[{"name":"app"}],"initContainers":[{}]}""")]
    [InlineData("""{"containers":[{"name":"app"}],"volumes":[{}]}""")]
    [InlineData("""{"containers":[{"name":"app"}],"volumes":"x"}""")]
    [InlineData("""{"containers":[{"name":"\ud800"}]}""")]
    public void A_pod_of_another_shape_is_left_alone_with_a_reason(string spec)
    {
        var injected = Injected.From($$"""{"metadata":{"annotations":{{Annotations}}},"spec":{{spec}}}""", "shop", Cluster);
        Assert.Empty(injected.Patch);
        Assert.Equal(Reasons.PodInvalid, injected.Result.Leading.Reason);
        Assert.NotEmpty(injected.Result.Warnings);
    }

    [Theory]
    [InlineData("""{"containers":[{"name":"app","env":null,"args":null,"command":null,"volumeMounts":null,"securityContext":null}],"initContainers":null,"volumes":null}""")]
    [InlineData("""{"containers":[{"name":"app","env":[],"args":[],"command":[],"volumeMounts":[]}],"initContainers":[],"volumes":[]}""")]
    [InlineData("""{"containers":[{"name":"app","image":7,"imagePullPolicy":{},"env":[{"name":"A","value":7}]}],"nodeName":[]}""")]
    [InlineData("""{"containers":[{"name":"app","env":[{"name":"JAVA_TOOL_OPTIONS","value":null}]}]}""")]
    public void A_pod_with_nulls_and_empty_lists_is_injected(string spec)
    {
        var injected = Injected.From($$"""{"metadata":{"annotations":{{Annotations}},"labels":null,"ownerReferences":null},"spec":{{spec}}}""", "shop", Cluster);
        Assert.Contains("injected", injected.Codes);
        Assert.True(InjectionMark.IsOn(injected.Pod));
        Assert.Empty(injected.Again("shop", Cluster).Patch);
    }

    [Theory]
    [InlineData("""{"metadata":[]}""")]
    [InlineData("""{"metadata":{"annotations":[]}}""")]
    [InlineData("""{"metadata":{"annotations":{"instrumentation.opentelemetry.io/inject-java":true}}}""")]
    [InlineData("""{"metadata":"x"}""")]
    [InlineData("""[]""")]
    [InlineData("""1""")]
    [InlineData("""null""")]
    public void An_object_that_asks_for_nothing_readable_is_not_requested(string pod) =>
        Assert.Equal(Reasons.NotRequested, Decide(pod).Leading.Reason);

    private static InjectionResult Decide(string json)
    {
        using var document = System.Text.Json.JsonDocument.Parse(json);
        var patch = new System.Buffers.ArrayBufferWriter<byte>();
        var result = new PodInjector(InjectionOptions.Default).Inject(InjectionRequest.ForPod(new(document.RootElement), "shop"), Cluster, patch);
        Assert.Equal(0, patch.WrittenCount);
        return result;
    }
}
