using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace Spanhook.Server.Telemetry.Otlp;

/// <summary>Says once that a signal cannot be pushed, and once that it can again. The library tells only an event source, which the shipped server has not.</summary>
internal sealed class PushState(OtlpSignal signal, ILogger logger)
{
    private bool _isFailing;

    /// <summary>Called by one thread.</summary>
    public ExportResult Tell(ExportResult result)
    {
        var fails = result == ExportResult.Failure;
        if (fails && !_isFailing) Log.PushFails(logger, signal.Name, signal.Endpoint);
        if (!fails && _isFailing) Log.PushWorksAgain(logger, signal.Name, signal.Endpoint);
        _isFailing = fails;
        return result;
    }
}

/// <summary>Metrics by OTLP.</summary>
internal sealed class MetricPush(OtlpExporterOptions options, PushState state) : OtlpMetricExporter(options)
{
    public override ExportResult Export(in Batch<Metric> metrics) => state.Tell(base.Export(metrics));
}

/// <summary>Spans by OTLP.</summary>
internal sealed class SpanPush(OtlpExporterOptions options, PushState state) : OtlpTraceExporter(options)
{
    public override ExportResult Export(in Batch<Activity> activityBatch) => state.Tell(base.Export(activityBatch));
}
