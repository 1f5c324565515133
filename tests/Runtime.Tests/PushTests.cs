using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Spanhook.Benchmarks;
using Xunit;

namespace Spanhook.Runtime.Tests;

/// <summary>The server as a process of its own, and a collector that it pushes to or cannot reach.</summary>
public sealed class PushTests : IDisposable
{
    private const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string ParentId = "00f067aa0ba902b7";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("spanhook-push-").FullName;

    [Fact]
    public async Task Spans_and_metrics_of_the_server_arrive_by_OTLP()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var collector = await OtlpReceiver.StartAsync(cancellation);
        using var server = await StartAsync(collector.Endpoint);
        Assert.Contains("\"patch\"", await PostAsync(server.Url), StringComparison.Ordinal);

        var span = Assert.Single(await collector.WaitForServerSpansAsync(1, Limit, cancellation));
        Assert.Equal(("POST /mutate-v1-pod", TraceId, ParentId), (span.Name, span.TraceId, span.ParentSpanId));
        Assert.Equal(("injected", "200"), (span.Attributes["spanhook.reason"], span.Attributes["http.response.status_code"]));
        Assert.Equal("spanhook", span.Resource["service.name"]);
        foreach (var name in (string[])["spanhook.admission.requests", "spanhook.admission.duration", "dotnet.gc.collections", "kestrel.active_connections"])
            await collector.WaitForMetricAsync(name, Limit, cancellation);
    }

    [Fact]
    public async Task A_collector_that_is_not_there_costs_no_admission_and_is_told_of()
    {
        using var server = await StartAsync("http://127.0.0.1:" + ClosedPort());
        for (var i = 0; i < 50; i++) Assert.Contains("\"patch\"", await PostAsync(server.Url), StringComparison.Ordinal);
        await server.WaitForEventAsync(42);
        Assert.Contains("\"patch\"", await PostAsync(server.Url), StringComparison.Ordinal);
        Assert.Equal(0, await server.StopAsync());
    }

    [Fact]
    public async Task An_endpoint_that_is_none_is_told_of_and_the_server_serves()
    {
        using var server = await StartAsync("nonsense");
        await server.WaitForEventAsync(41);
        Assert.Contains("\"patch\"", await PostAsync(server.Url), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static int ClosedPort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<string> PostAsync(Uri url)
    {
        using var authority = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(_folder, "ca.crt"));
        using var handler = new SocketsHttpHandler { UseProxy = false, SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = Trust(authority) } };
        using var client = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(Reviews.OneContainer()) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("traceparent", $"00-{TraceId}-{ParentId}-01");
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static X509ChainPolicy Trust(X509Certificate2 authority) =>
        new() { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { authority }, RevocationMode = X509RevocationMode.NoCheck };

    private async Task<RunningServer> StartAsync(string endpoint)
    {
        var manifests = Path.Combine(_folder, "cluster.yaml");
        await File.WriteAllTextAsync(manifests, Reviews.Manifests, TestContext.Current.CancellationToken);
        var start = new ProcessStartInfo("dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "spanhook-server.dll"), "--cluster", manifests, "--listen", "127.0.0.1:0", "--ca-out", Path.Combine(_folder, "ca.crt"),
            "--log-format", "json", "--trace-ratio", "1",
        ])
        { UseShellExecute = false, RedirectStandardOutput = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("SPANHOOK_", StringComparison.Ordinal) || name.StartsWith("OTEL_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint;
        start.Environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        start.Environment["OTEL_METRIC_EXPORT_INTERVAL"] = "200";
        start.Environment["OTEL_BSP_SCHEDULE_DELAY"] = "100";
        var server = new RunningServer(Process.Start(start)!);
        server.Url = new Uri((string)(await server.WaitForEventAsync(30))["url"]!);
        return server;
    }

    /// <summary>A process whose log is read line by line.</summary>
    private sealed class RunningServer : IDisposable
    {
        private readonly Process _process;
        private readonly List<string> _seen = [];
        private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

        public RunningServer(Process process)
        {
            _process = process;
            process.OutputDataReceived += (_, line) =>
            {
                if (line.Data is null) _lines.Writer.TryComplete();
                else _lines.Writer.TryWrite(line.Data);
            };
            process.BeginOutputReadLine();
        }

        public Uri Url { get; set; } = null!;

        /// <summary>The first line of that event.</summary>
        public async Task<JsonNode> WaitForEventAsync(int id)
        {
            if (_seen.FirstOrDefault(line => IsOf(line, id)) is { } earlier) return JsonNode.Parse(earlier)!;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            limit.CancelAfter(Limit);
            try
            {
                await foreach (var line in _lines.Reader.ReadAllAsync(limit.Token))
                {
                    _seen.Add(line);
                    if (IsOf(line, id)) return JsonNode.Parse(line)!;
                }
            }
            catch (OperationCanceledException)
            {
                // Told below, with what came instead.
            }

            throw new TimeoutException($"no line of event {id}, but: {string.Join('\n', _seen)}");
        }

        /// <summary>Asks it to stop and waits; its exit code.</summary>
        public async Task<int> StopAsync()
        {
            await Programs.RunAsync("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)], AppContext.BaseDirectory, Limit);
            await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken);
            return _process.ExitCode;
        }

        private static bool IsOf(string line, int id) => (int?)JsonNode.Parse(line)?["event"] == id;

        public void Dispose()
        {
            if (!_process.HasExited) _process.Kill(entireProcessTree: true);
            _process.Dispose();
        }
    }
}
