using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Spanhook.Server.Telemetry;
using Spanhook.Server.Tests.Support;

namespace Spanhook.Server.Tests.Telemetry;

/// <summary>Spans join the API server's trace, and nobody unknown can force them.</summary>
public sealed class AdmissionTracingTests
{
    private const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string ParentId = "00f067aa0ba902b7";
    private const string Sampled = $"00-{TraceId}-{ParentId}-01";
    private const string NotSampled = $"00-{TraceId}-{ParentId}-00";

    [Fact]
    public async Task A_span_joins_the_trace_of_the_API_server_and_tells_the_outcome()
    {
        await using var server = await StartAsync(ratio: 1);
        using var spans = new Spans(server);
        (await PostAsync(server, Reviews.Java(), Sampled)).AssertInjected();
        var span = Assert.Single(await spans.AllAsync());
        Assert.Equal(("POST /mutate-v1-pod", ActivityKind.Server), (span.DisplayName, span.Kind));
        Assert.Equal((TraceId, ParentId), (span.TraceId.ToHexString(), span.ParentSpanId.ToHexString()));
        Assert.True(span.HasRemoteParent);
        var tags = span.TagObjects.ToDictionary(tag => tag.Key, tag => tag.Value?.ToString(), StringComparer.Ordinal);
        Assert.Equal(("POST", "/mutate-v1-pod", "/mutate-v1-pod", "https", "2", "200"),
            (tags["http.request.method"], tags["http.route"], tags["url.path"], tags["url.scheme"], tags["network.protocol.version"], tags["http.response.status_code"]));
        Assert.Equal(("injected", "injected", "shop"), (tags["spanhook.result"], tags["spanhook.reason"], tags["k8s.namespace.name"]));
        Assert.Equal(ActivityStatusCode.Unset, span.Status);
        Assert.DoesNotContain(tags.Values, value => value?.Contains("checkout", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task A_refusal_is_told_by_its_span_too()
    {
        await using var server = await StartAsync(ratio: 1);
        using var spans = new Spans(server);
        await server.PostAsync("{}");
        var span = Assert.Single(await spans.AllAsync());
        Assert.Equal(default, span.ParentSpanId);
        Assert.Equal((400, "refused", "review_invalid"), (span.GetTagItem("http.response.status_code"), span.GetTagItem("spanhook.result"), span.GetTagItem("spanhook.reason")));
    }

    [Fact]
    public async Task A_failure_is_a_span_with_an_error()
    {
        await using var server = await StartAsync(ratio: 1, configure: services => services.AddSingleton<Server.Admission.Inject>((in _, _, _) => throw new InvalidOperationException("the pod's secret")));
        using var spans = new Spans(server);
        (await server.PostAsync(Reviews.Java())).AssertNotInjected("internal_error");
        var span = Assert.Single(await spans.AllAsync());
        Assert.Equal((ActivityStatusCode.Error, "System.InvalidOperationException"), (span.Status, span.GetTagItem("error.type")));
        Assert.DoesNotContain("secret", span.StatusDescription, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Sampled, 0, false)]
    [InlineData(Sampled, 1, true)]
    [InlineData(NotSampled, 1, false)]
    [InlineData(null, 0, false)]
    [InlineData(null, 1, true)]
    [InlineData("00-zz-1-01", 0, false)]
    [InlineData("00-zz-1-01", 1, true)]
    public async Task An_unknown_caller_gets_no_more_than_the_ratio(string? traceparent, double ratio, bool isRecorded)
    {
        await using var server = await StartAsync(ratio);
        using var spans = new Spans(server);
        (await PostAsync(server, Reviews.Java(), traceparent)).AssertInjected();
        Assert.Equal(isRecorded ? 1 : 0, (await spans.AllAsync()).Count);
    }

    [Theory]
    [InlineData(Sampled, true)]
    [InlineData(NotSampled, false)]
    [InlineData(null, false)]
    public void A_caller_with_a_certificate_decides_itself(string? traceparent, bool isRecorded)
    {
        using var tracing = new AdmissionTracing(new() { TraceRatio = 0 });
        using var spans = new Spans(tracing.Source);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=kube-apiserver", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        var context = new DefaultHttpContext();
        context.Connection.ClientCertificate = certificate;
        context.Request.Protocol = "HTTP/1.1";
        if (traceparent is not null) context.Request.Headers.TraceParent = traceparent;
        using var span = tracing.Start(context);
        Assert.Equal(isRecorded, span is not null);
    }

    [Fact]
    public async Task Nobody_collects_and_no_span_is_made()
    {
        await using var server = await StartAsync(ratio: 1);
        (await PostAsync(server, Reviews.Java(), Sampled)).AssertInjected();
        Assert.Null(server.Services.GetRequiredService<AdmissionTracing>().Start(new DefaultHttpContext()));
    }

    [Fact]
    public void A_log_line_within_a_span_has_its_trace()
    {
        using var source = new ActivitySource("Spanhook");
        using var spans = new Spans(source);
        using var output = new MemoryStream();
        string trace;
        using (var provider = new JsonLineLoggerProvider(output, TimeProvider.System))
        {
            var logger = provider.CreateLogger("x");
            using (var span = source.StartActivity("y"))
            {
                trace = span!.TraceId.ToHexString();
                Log.NotPushing(logger, "within");
            }

            Log.NotPushing(logger, "without");
        }

        var lines = Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal((trace, null), ((string?)lines[0]["traceId"], (string?)lines[1]["traceId"]));
    }

    private static Task<Reply> PostAsync(Webhook server, JsonNode review, string? traceparent)
    {
        var content = new StringContent(review.ToJsonString(), Encoding.UTF8, "application/json");
        return server.SendAsync(HttpMethod.Post, "/mutate-v1-pod", HttpVersion.Version20, content, traceparent is null ? [] : [("traceparent", traceparent)]);
    }

    private static Task<Webhook> StartAsync(double ratio, Action<IServiceCollection>? configure = null) =>
        Webhook.StartAsync(options: options => options with { Telemetry = new() { TraceRatio = ratio } }, configure: builder => configure?.Invoke(builder.Services));

    /// <summary>Collects the spans of one source, as the SDK does.</summary>
    private sealed class Spans : IDisposable
    {
        private readonly ConcurrentQueue<Activity> _ended = new();
        private readonly ActivityListener _listener;
        private readonly SemaphoreSlim _stopped = new(0);
        private int _begun;

        public Spans(Webhook server)
            : this(server.Services.GetRequiredService<AdmissionTracing>().Source)
        {
        }

        public Spans(ActivitySource source)
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = one => one == source,
                Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStarted = _ => Interlocked.Increment(ref _begun),
                ActivityStopped = span =>
                {
                    _ended.Enqueue(span);
                    _stopped.Release();
                },
            };
            ActivitySource.AddActivityListener(_listener);
        }

        /// <summary>All that began before now. A span ends just after its answer was sent.</summary>
        public async Task<IReadOnlyList<Activity>> AllAsync()
        {
            while (_ended.Count < Volatile.Read(ref _begun)) Assert.True(await _stopped.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken), "a span does not end");
            return [.. _ended];
        }

        public void Dispose()
        {
            _listener.Dispose();
            _stopped.Dispose();
        }
    }
}
