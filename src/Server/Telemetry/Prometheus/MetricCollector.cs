using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Numerics;

namespace Spanhook.Server.Telemetry.Prometheus;

/// <summary>
/// Keeps the present values of this server's instruments, those of Kestrel and those of the runtime, for who comes to fetch them. It stands where
/// a Prometheus exporter of OpenTelemetry would, and names everything as that one does.
/// </summary>
internal sealed class MetricCollector : IDisposable
{
    /// <summary>Of the framework: connections, handshakes; garbage collection, threads, exceptions.</summary>
    public static readonly string[] FrameworkMeters = ["Microsoft.AspNetCore.Server.Kestrel", "System.Runtime"];

    private readonly ConcurrentDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();
    private readonly Lock _scraping = new();
    private readonly HashSet<Meter> _meters;
    private readonly IMeterFactory _factory;
    private readonly ILogger<MetricCollector> _logger;

    public MetricCollector(Meter meter, ProcessMetrics process, IMeterFactory factory, ILogger<MetricCollector> logger)
    {
        _meters = [meter, process.Meter];
        (_factory, _logger) = (factory, logger);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (Hears(instrument.Meter) && FamilyOf(instrument) is { } family) listener.EnableMeasurementEvents(instrument, family);
        };
        Hear<byte>();
        Hear<short>();
        Hear<int>();
        Hear<long>();
        Hear<float>();
        Hear<double>();
        Hear<decimal>();
    }

    /// <summary>From now on everything is counted.</summary>
    public void Start() => _listener.Start();

    /// <summary>Asks for what is observed and hands over every family, in the order of their names; one that was never measured has no series.</summary>
    public void Read(Action<MetricFamily> each)
    {
        lock (_scraping)
        {
            var families = _families.Values.OrderBy(family => family.Name, StringComparer.Ordinal).ToList();
            foreach (var family in families) family.BeginScrape();
            try
            {
                _listener.RecordObservableInstruments();
            }
            catch (AggregateException e)
            {
                // Of some instruments; the others have told.
                Log.MetricFailed(_logger, e.InnerException?.GetType().Name ?? e.GetType().Name);
            }

            foreach (var family in families)
            {
                family.EndScrape();
                each(family);
            }
        }
    }

    public void Dispose() => _listener.Dispose();

    // Of this server only: a process of tests has several.
    private bool Hears(Meter meter) => _meters.Contains(meter) || (FrameworkMeters.Contains(meter.Name, StringComparer.Ordinal) && (meter.Scope is null || meter.Scope == _factory));

    /// <summary>Null for an instrument that would say something else under the name of another.</summary>
    private MetricFamily? FamilyOf(Instrument instrument)
    {
        var made = new MetricFamily(instrument);
        var family = _families.GetOrAdd(made.Name, made);
        return family.Kind == made.Kind ? family : null;
    }

    private void Hear<T>()
        where T : struct, INumber<T> =>
        _listener.SetMeasurementEventCallback<T>(static (_, value, tags, family) => ((MetricFamily)family!).Record(double.CreateSaturating(value), tags));
}
