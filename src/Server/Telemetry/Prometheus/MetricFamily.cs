using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Spanhook.Server.Telemetry.Prometheus;

/// <summary>All series of one name.</summary>
internal sealed class MetricFamily
{
    /// <summary>More series of one name are not kept apart: whoever can make up labels cannot take the server's memory.</summary>
    public const int MaxSeries = 1000;

    // OpenTelemetry's default, for who gives no advice.
    private static readonly double[] DefaultBounds = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000];

    private readonly ConcurrentDictionary<LabelSet, Series> _series = new(LabelSet.Comparer.Instance);
    private readonly ConcurrentDictionary<LabelSet, Series>.AlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>> _byTags;
    private readonly bool _isObserved;
    private long _scrape;

    public MetricFamily(Instrument instrument)
    {
        Kind = PrometheusNames.KindOf(instrument);
        Name = PrometheusNames.Metric(instrument.Name, instrument.Unit, Kind);
        Help = instrument.Description ?? "";
        Bounds = Kind == MetricKind.Histogram ? BoundsOf(instrument) : [];
        _isObserved = instrument.IsObservable;
        _byTags = _series.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>();
    }

    public string Name { get; }
    public string Help { get; }
    public MetricKind Kind { get; }

    /// <summary>Of a histogram's buckets, without the last, which has none.</summary>
    public double[] Bounds { get; }

    /// <summary>In a fixed order.</summary>
    public IEnumerable<Series> Series => _series.Values.OrderBy(series => series.Labels.Text, StringComparer.Ordinal);

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (!_byTags.TryGetValue(tags, out var series)) series = Add(tags);
        if (Kind == MetricKind.Histogram) series.Observe(value);
        else if (_isObserved || Kind == MetricKind.Gauge) series.Set(value);
        else series.Add(value);
        if (_isObserved) series.Seen = _scrape;
    }

    /// <summary>Before the observed values are asked for.</summary>
    public void BeginScrape() => _scrape++;

    /// <summary>What is not observed any more, such as the last object of a kind, has no value any more either.</summary>
    public void EndScrape()
    {
        if (!_isObserved) return;
        foreach (var (labels, series) in _series)
        {
            if (series.Seen != _scrape) _series.TryRemove(labels, out _);
        }
    }

    // Count takes all locks of the dictionary, but only when a series is new.
    private Series Add(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = _series.Count < MaxSeries ? new LabelSet(tags) : LabelSet.Overflow;
        return _series.GetOrAdd(labels, static (key, bounds) => new Series(key, bounds), Bounds);
    }

    private static double[] BoundsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } advised } => [.. advised],
        Histogram<long> { Advice.HistogramBucketBoundaries: { } advised } => [.. advised.Select(bound => (double)bound)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { } advised } => [.. advised.Select(bound => (double)bound)],
        _ => DefaultBounds,
    };
}
