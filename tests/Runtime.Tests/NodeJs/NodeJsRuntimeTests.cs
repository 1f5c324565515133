using System.Text.Json.Nodes;
using Spanhook.Injection.Cluster;
using Spanhook.Manifests;
using Spanhook.Support;
using Xunit;

namespace Spanhook.Runtime.Tests.NodeJs;

/// <summary>
/// The proof that no golden file gives: a real Node.js process, started with the environment that was injected, sends its spans
/// to where the Instrumentation says and under the names that were promised.
/// </summary>
/// <remarks>
/// What a cluster would do and the test does in its place: the init container's command is run with the image's folder and the
/// volume's folder in the place of the two paths in it; the kubelet's part is <see cref="Kubelet"/>; and because a test cannot
/// mount a volume at the root of the machine, the mount path is replaced by the volume's folder in the values of the environment.
/// </remarks>
public sealed class NodeJsRuntimeTests(AgentImage image) : IClassFixture<AgentImage>
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string CallerSpanId = "b7ad6b7169203331";
    private static readonly TimeSpan SpanLimit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Spans_of_a_real_process_arrive_under_the_injected_names()
    {
        await using var run = await StartAsync(NodeWorkload.Pod(env: ""));
        for (var i = 0; i < 3; i++) await run.GetAsync($"/cart/{i}", $"00-{TraceId}-{CallerSpanId}-01");

        var spans = (await run.Receiver.WaitForServerSpansAsync(3, SpanLimit, TestContext.Current.CancellationToken)).Where(span => span.Kind == Otlp.ServerSpan).ToList();

        Assert.Equal(3, spans.Count);
        Assert.Equal(["application/x-protobuf"], run.Receiver.ContentTypes);
        Assert.All(spans, span =>
        {
            Assert.Equal("GET", span.Name);
            // The propagators of the Instrumentation: the caller's trace goes on.
            Assert.Equal((TraceId, CallerSpanId), (span.TraceId, span.ParentSpanId));
            Assert.Equal("200", span.Attributes.GetValueOrDefault("http.response.status_code") ?? span.Attributes.GetValueOrDefault("http.status_code"));
            foreach (var (key, value) in NodeWorkload.ExpectedResource) Assert.Equal((key, value), (key, span.Resource.GetValueOrDefault(key)));
        });
    }

    [Fact]
    public async Task The_users_own_node_options_stay_in_effect()
    {
        await using var run = await StartAsync(NodeWorkload.Pod("""
            - name: NODE_OPTIONS
              value: --max-old-space-size=256
            """));

        await AssertSmallHeapAndSpansAsync(run);
    }

    [Fact]
    public async Task Node_options_from_a_config_map_stay_in_effect()
    {
        await using var run = await StartAsync(NodeWorkload.Pod("""
            - name: NODE_OPTIONS
              valueFrom: {configMapKeyRef: {name: runtime, key: node-options}}
            """));

        await AssertSmallHeapAndSpansAsync(run);
    }

    private static async Task AssertSmallHeapAndSpansAsync(Running run)
    {
        var answer = await run.GetAsync("/", traceParent: null);

        Assert.StartsWith("--max-old-space-size=256 --require ", answer["nodeOptions"]!.GetValue<string>(), StringComparison.Ordinal);
        // 256 MiB of old space and a little of new; without the option it is gigabytes.
        Assert.InRange(answer["heapLimitMiB"]!.GetValue<double>(), 200, 400);
        var spans = await run.Receiver.WaitForServerSpansAsync(1, SpanLimit, TestContext.Current.CancellationToken);
        Assert.Equal("checkout", spans[0].Resource["service.name"]);
    }

    private async Task<Running> StartAsync(string pod)
    {
        var imageFolder = image.Folder;
        var cancellation = TestContext.Current.CancellationToken;
        var run = new Running(await OtlpReceiver.StartAsync(cancellation));
        try
        {
            var cluster = ClusterSnapshot.Compile(ClusterManifests.From(ManifestReader.Parse(NodeWorkload.Cluster(run.Receiver.Endpoint), "cluster.yaml")).Objects);
            Assert.Empty(cluster.Problems);
            var injected = Injected.From(ManifestReader.Parse(pod, "pod.yaml").Single().ToNode()!.ToJsonString(), NodeWorkload.Namespace, cluster);
            Assert.Equal(["injected"], injected.Codes);

            var kubelet = new Kubelet(injected.Pod, NodeWorkload.Fields, NodeWorkload.ConfigMaps);
            var volume = await CopyAgentAsync(injected.Pod, imageFolder, run.Folder);
            var environment = kubelet.EnvironmentOf(NodeWorkload.Container);
            var mounted = MountPath(kubelet.Container(NodeWorkload.Container), volume);
            foreach (var (name, value) in environment) environment[name] = value.Replace(mounted, run.Folder, StringComparison.Ordinal);
            run.Server = await NodeServer.StartAsync(image.Node, environment, cancellation);
            return run;
        }
        catch
        {
            await run.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs the command of the injected init container and returns the name of the volume it filled.</summary>
    private static async Task<string> CopyAgentAsync(JsonNode pod, string imageFolder, string volumeFolder)
    {
        var init = Assert.Single(pod["spec"]!["initContainers"]!.AsArray())!;
        var mount = Assert.Single(init["volumeMounts"]!.AsArray())!;
        var mountPath = mount["mountPath"]!.GetValue<string>();
        var command = init["command"]!.AsArray().Select(word => word!.GetValue<string>()).ToList();
        Assert.Equal(["cp", "-r", "/autoinstrumentation/.", mountPath], command);

        var copied = await Programs.RunAsync(command[0], [command[1], $"{imageFolder}/.", volumeFolder], imageFolder, TimeSpan.FromMinutes(2));
        Assert.True(copied.ExitCode == 0, copied.Output);
        return mount["name"]!.GetValue<string>();
    }

    private static string MountPath(JsonNode container, string volume) =>
        container["volumeMounts"]!.AsArray().Single(mount => mount!["name"]!.GetValue<string>() == volume)!["mountPath"]!.GetValue<string>();

    /// <summary>One application with its collector, and the folder that is its volume.</summary>
    private sealed class Running(OtlpReceiver receiver) : IAsyncDisposable
    {
        private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(30) };

        public OtlpReceiver Receiver => receiver;
        public string Folder { get; } = Directory.CreateTempSubdirectory("spanhook-nodejs-").FullName;
        public NodeServer? Server { get; set; }

        public async Task<JsonNode> GetAsync(string path, string? traceParent)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Server!.Address, path));
            // Otherwise the client of .NET writes a header of its own.
            if (traceParent is not null) request.Headers.Add("traceparent", traceParent);
            using var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
            response.EnsureSuccessStatusCode();
            return JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        }

        public async ValueTask DisposeAsync()
        {
            _client.Dispose();
            if (Server is not null) await Server.DisposeAsync();
            await receiver.DisposeAsync();
            Directory.Delete(Folder, recursive: true);
        }
    }
}
