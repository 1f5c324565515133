using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Spanhook.Runtime.Tests;

/// <summary>An OTLP/HTTP collector on a free loopback port: keeps the spans and the names of the metrics, accepts logs without reading them.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<ReceivedSpan> _spans = [];
    private readonly HashSet<string> _metrics = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly Lock _lock = new();

    private OtlpReceiver(WebApplication app) => _app = app;

    /// <summary>What an Instrumentation's <c>spec.exporter.endpoint</c> is set to.</summary>
    public string Endpoint => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    /// <summary>The content types that arrived on <c>/v1/traces</c>.</summary>
    public HashSet<string> ContentTypes { get; } = new(StringComparer.Ordinal);

    public static async Task<OtlpReceiver> StartAsync(CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var receiver = new OtlpReceiver(builder.Build());
        receiver._app.MapPost("/v1/traces", receiver.ReceiveAsync);
        receiver._app.MapPost("/v1/metrics", receiver.ReceiveMetricsAsync);
        receiver._app.MapPost("/v1/logs", () => Results.Ok());
        await receiver._app.StartAsync(cancellation);
        return receiver;
    }

    /// <summary>Waits until <paramref name="count"/> server spans are there, and returns all spans so far.</summary>
    /// <exception cref="TimeoutException">They did not come in time; says what did.</exception>
    public async Task<IReadOnlyList<ReceivedSpan>> WaitForServerSpansAsync(int count, TimeSpan limit, CancellationToken cancellation)
    {
        while (true)
        {
            var spans = Snapshot();
            if (spans.Count(span => span.Kind == Otlp.ServerSpan) >= count) return spans;
            if (!await _arrived.WaitAsync(limit, cancellation))
            {
                throw new TimeoutException($"{count} server spans were expected; within {limit} came: {string.Join(", ", spans.Select(span => span.Name))}");
            }
        }
    }

    /// <summary>Waits until a metric of that name is there.</summary>
    /// <exception cref="TimeoutException">It did not come in time; says what did.</exception>
    public async Task WaitForMetricAsync(string name, TimeSpan limit, CancellationToken cancellation)
    {
        while (true)
        {
            lock (_lock)
            {
                if (_metrics.Contains(name)) return;
            }

            if (!await _arrived.WaitAsync(limit, cancellation)) throw new TimeoutException($"{name} was expected; within {limit} came: {string.Join(", ", _metrics)}");
        }
    }

    public ValueTask DisposeAsync()
    {
        _arrived.Dispose();
        return _app.DisposeAsync();
    }

    private List<ReceivedSpan> Snapshot()
    {
        lock (_lock) return [.. _spans];
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var spans = Otlp.ReadTraces(body.ToArray()).ToList();
        lock (_lock)
        {
            ContentTypes.Add(context.Request.ContentType ?? "");
            _spans.AddRange(spans);
        }

        _arrived.Release();
        // An empty ExportTraceServiceResponse is an empty message.
        context.Response.ContentType = "application/x-protobuf";
    }

    private async Task ReceiveMetricsAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        lock (_lock) _metrics.UnionWith(Otlp.ReadMetricNames(body.ToArray()));
        _arrived.Release();
        context.Response.ContentType = "application/x-protobuf";
    }
}
