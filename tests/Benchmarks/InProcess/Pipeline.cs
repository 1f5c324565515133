using System.Buffers;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Spanhook.Api;
using Spanhook.Api.Admission;
using Spanhook.Injection;
using Spanhook.Injection.Cluster;
using Spanhook.Server.Admission;
using Spanhook.Server.Cluster;
using Spanhook.Server.Hosting;
using Spanhook.Server.Telemetry;
using Spanhook.Server.Telemetry.Prometheus;

namespace Spanhook.Benchmarks.InProcess;

/// <summary>The two ways in that are measured: a whole review, bytes in and bytes out; and the injector alone, over a document that was read before.</summary>
internal sealed class Pipeline
{
    private readonly PodInjector _injector = new(InjectionOptions.Default);
    private readonly AdmissionHandler _handler;
    private readonly ClusterSnapshot _cluster;

    /// <param name="cluster">What the webhook knows; <see cref="Reviews.Cluster"/> when it is not given.</param>
    public Pipeline(ClusterSnapshot? cluster = null)
    {
        _cluster = cluster ?? Reviews.Cluster;
        var cache = new ClusterCache();
        cache.Replace(_cluster);
        // With metrics that are collected; without the log line of an injection, which is written by another thread: the figures over HTTPS have it.
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMetrics();
        services.AddSingleton(TimeProvider.System);
        TelemetryServices.Add(services, new() { ManagementListen = new IPEndPoint(IPAddress.Loopback, 0) });
        var provider = services.BuildServiceProvider();
        provider.GetRequiredService<MetricCollector>().Start();
        _handler = new AdmissionHandler(_injector.Inject, cache, provider.GetRequiredService<AdmissionTelemetry>(), TimeProvider.System);
    }

    /// <summary>Reads the review, decides, patches and writes the answer; returns its size.</summary>
    public int Answer(byte[] review)
    {
        using var answer = new PooledBufferWriter(8192);
        var problem = _handler.Handle(new ReadOnlySequence<byte>(review), answer);
        return problem is null ? answer.WrittenCount : throw new InvalidOperationException(problem);
    }

    /// <summary>The answer as text, to see that it is the one that is meant to be measured.</summary>
    public string AnswerText(byte[] review)
    {
        using var answer = new PooledBufferWriter(8192);
        return _handler.Handle(new ReadOnlySequence<byte>(review), answer) ?? System.Text.Encoding.UTF8.GetString(answer.WrittenSpan);
    }

    /// <summary>Decides on the pod and writes the patch; returns the number of its operations.</summary>
    public int Inject(JsonDocument review)
    {
        using var patch = new PooledBufferWriter(4096);
        return _injector.Inject(InjectionRequest.From(new AdmissionRequest(review.RootElement.Member("request"u8))), _cluster, patch).Operations;
    }
}
