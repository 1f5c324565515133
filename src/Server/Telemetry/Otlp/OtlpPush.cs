using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Spanhook.Server.Telemetry.Prometheus;

namespace Spanhook.Server.Telemetry.Otlp;

/// <summary>
/// OpenTelemetry's own SDK, which runs only when an endpoint is set. It pushes from threads of its own and from a queue that is bounded: what
/// cannot be pushed is dropped, and no admission waits for it or fails by it.
/// </summary>
internal sealed class OtlpPush(TelemetryOptions options, ILogger<OtlpPush> logger, TimeProvider time) : IHostedService
{
    /// <summary>What the last push may take when the server stops.</summary>
    private const int FarewellMilliseconds = 2000;

    private MeterProvider? _meters;
    private TracerProvider? _tracers;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var problem in options.Otlp.Problems) Log.NotPushing(logger, problem);
        try
        {
            if (options.Otlp.Metrics is { } metrics) _meters = Meters(metrics);
            if (options.Otlp.Traces is { } traces) _tracers = Tracers(traces);
        }
#pragma warning disable CA1031 // a library that cannot be set up, such as for a certificate that is not there, must not keep the server from its admissions
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.NotPushing(logger, $"Not everything is pushed, for OTLP cannot be set up: {e.GetType().Name}: {e.Message}");
        }

        return Task.CompletedTask;
    }

    /// <summary>Pushes what is left, if that is soon done. A thread that still waits for an answer ends with the process.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var farewell = Task.Run(
            () =>
            {
                _tracers?.Shutdown(FarewellMilliseconds);
                _meters?.Shutdown(FarewellMilliseconds);
            },
            cancellationToken);
        await Task.WhenAny(farewell, Task.Delay(TimeSpan.FromMilliseconds(FarewellMilliseconds), time, cancellationToken));
    }

    private MeterProvider Meters(OtlpSignal signal)
    {
        Log.Pushing(logger, signal.Name, signal.Endpoint, signal.Protocol.ToString());
        var exporter = new MetricPush(Exporter(signal), new PushState(signal, logger));
        var reader = new PeriodicExportingMetricReader(exporter, (int)options.Otlp.MetricInterval.TotalMilliseconds, (int)signal.Timeout.TotalMilliseconds);
        return Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(Describe)
            .AddMeter([TelemetryServices.Name, .. MetricCollector.FrameworkMeters])
            .AddReader(reader)
            .Build();
    }

    private TracerProvider Tracers(OtlpSignal signal)
    {
        Log.Pushing(logger, signal.Name, signal.Endpoint, signal.Protocol.ToString());
        var exporter = new SpanPush(Exporter(signal), new PushState(signal, logger));
        var queue = new BatchExportActivityProcessorOptions();
        return Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(Describe)
            .SetSampler(new AlwaysOnSampler()) // AdmissionTracing has chosen already
            .AddSource(TelemetryServices.Name)
            .AddProcessor(new BatchActivityExportProcessor(exporter, queue.MaxQueueSize, queue.ScheduledDelayMilliseconds, queue.ExporterTimeoutMilliseconds, queue.MaxExportBatchSize))
            .Build();
    }

    private static OtlpExporterOptions Exporter(OtlpSignal signal)
    {
        var exporter = new OtlpExporterOptions { Endpoint = signal.Endpoint, Protocol = signal.Protocol, TimeoutMilliseconds = (int)signal.Timeout.TotalMilliseconds };
        if (signal.Headers is not null) exporter.Headers = signal.Headers;
        return exporter;
    }

    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES come last, and win.
    private static void Describe(ResourceBuilder resource) =>
        resource.Clear().AddTelemetrySdk().AddService("spanhook", serviceVersion: TelemetryServices.Version, serviceInstanceId: Environment.MachineName).AddEnvironmentVariableDetector();
}
