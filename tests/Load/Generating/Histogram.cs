using System.Numerics;

namespace Spanhook.Load.Generating;

/// <summary>
/// Counts of whole microseconds in buckets that are exact up to 256 and less than 1 % wide above (128 of them for each power of two), so that a
/// quantile of millions of latencies costs some kilobytes. Not for several threads at once: each has its own, and they are added up.
/// </summary>
internal sealed class Histogram
{
    private const int Bits = 7;
    private const long Highest = (1L << 40) - 1; // 12 days

    private readonly long[] _counts = new long[IndexOf(Highest) + 1];
    private long _sum;

    public long Count { get; private set; }

    /// <summary>Exact, not the end of a bucket. 0 when empty.</summary>
    public long Max { get; private set; }

    public double Mean => Count == 0 ? 0 : (double)_sum / Count;

    /// <summary>The buckets that hold anything: their highest value, and how many.</summary>
    public IEnumerable<(long Highest, long Count)> Buckets => _counts.Select((count, i) => (HighestOf(i), count)).Where(bucket => bucket.count > 0);

    public void Add(long microseconds)
    {
        var value = Math.Clamp(microseconds, 0, Highest);
        _counts[IndexOf(value)]++;
        _sum += value;
        Count++;
        Max = Math.Max(Max, value);
    }

    public void Add(TimeSpan time) => Add((long)time.TotalMicroseconds);

    public void Add(Histogram other)
    {
        for (var i = 0; i < _counts.Length; i++) _counts[i] += other._counts[i];
        _sum += other._sum;
        Count += other.Count;
        Max = Math.Max(Max, other.Max);
    }

    /// <summary>The smallest value that at least this share of all values does not exceed, rounded up to the end of its bucket. 0 when empty.</summary>
    public long Quantile(double share)
    {
        var wanted = Math.Max(1, (long)Math.Ceiling(share * Count));
        var seen = 0L;
        for (var i = 0; i < _counts.Length && Count > 0; i++)
        {
            seen += _counts[i];
            if (seen >= wanted) return Math.Min(HighestOf(i), Max);
        }

        return Max;
    }

    // The leading Bits + 1 bits of a value are kept, and how many were dropped.
    private static int IndexOf(long value)
    {
        var dropped = Math.Max(0, BitOperations.Log2((ulong)value) - Bits);
        return (dropped << Bits) + (int)(value >> dropped);
    }

    private static long HighestOf(int index)
    {
        var dropped = Math.Max(0, (index >> Bits) - 1);
        return ((index - ((long)dropped << Bits) + 1) << dropped) - 1;
    }
}
