namespace Spanhook.Server.Telemetry.Prometheus;

/// <summary>What a metric is to Prometheus, and what a measurement does to it.</summary>
internal enum MetricKind
{
    /// <summary>Only grows; each measurement is added, or replaces when it was observed.</summary>
    Counter,

    /// <summary>A gauge to Prometheus; each measurement is added.</summary>
    Sum,

    /// <summary>Each measurement replaces.</summary>
    Gauge,
    Histogram,
}

/// <summary>One line of numbers. Every member can be called from every thread.</summary>
internal sealed class Series(LabelSet labels, double[] bounds)
{
    private readonly Lock _gate = new();
    private readonly long[] _buckets = new long[bounds.Length + 1];
    private double _value;

    public LabelSet Labels => labels;

    /// <summary>The scrape that an observed value was last seen in.</summary>
    public long Seen { get; set; }

    public void Add(double value)
    {
        lock (_gate) _value += value;
    }

    public void Set(double value)
    {
        lock (_gate) _value = value;
    }

    /// <summary>Counts a value into its bucket, the first whose bound it does not exceed.</summary>
    public void Observe(double value)
    {
        var bucket = 0;
        while (bucket < bounds.Length && value > bounds[bucket]) bucket++;
        lock (_gate)
        {
            _buckets[bucket]++;
            _value += value;
        }
    }

    /// <summary>The value or sum, and the buckets of that very moment: a histogram's parts always agree.</summary>
    public double Read(Span<long> buckets)
    {
        lock (_gate)
        {
            _buckets.CopyTo(buckets);
            return _value;
        }
    }
}
