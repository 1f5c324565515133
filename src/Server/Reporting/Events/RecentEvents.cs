using System.Collections.Concurrent;

namespace Spanhook.Server.Reporting.Events;

/// <summary>
/// What was told lately, so that it is not told with each pod. Bounded: two tables, of which the older is dropped when the younger is as old as an
/// entry may be. Many threads ask, without a lock.
/// </summary>
internal sealed class RecentEvents(TimeProvider time)
{
    /// <summary>The same thing about the same workload is told again no sooner.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromMinutes(10);

    /// <summary>Of one table; a cluster that needs more in ten minutes does not get them.</summary>
    public const int Most = 4096;

    private readonly Lock _turning = new();
    private Table _young = new(time.GetTimestamp());
    private Table? _old;

    /// <summary>Whether it is to be told now; each time counts.</summary>
    public Telling Ask(in EventKey key)
    {
        Turn();
        var young = Volatile.Read(ref _young);
        if (!young.Entries.TryGetValue(key, out var entry) && Volatile.Read(ref _old)?.Entries.TryGetValue(key, out entry) != true)
        {
            if (young.IsFull) return new(IsFull: true);
            var added = New();
            entry = young.GetOrAdd(key, added);
            if (entry == added) return new(IsDue: true);
        }

        Interlocked.Increment(ref entry!.Again);
        if (time.GetElapsedTime(entry.Told) < Quiet || !entry.TryEnd()) return default; // told already, or by another thread now
        young.Set(key, New());
        return new(IsDue: true) { Count = Volatile.Read(ref entry.Again), First = entry.At };
    }

    /// <summary>It could not be told: the next time is as good as the first.</summary>
    public void Forget(in EventKey key)
    {
        Volatile.Read(ref _young).Entries.TryRemove(key, out _);
        Volatile.Read(ref _old)?.Entries.TryRemove(key, out _);
    }

    private Entry New() => new(time.GetTimestamp(), time.GetUtcNow());

    private void Turn()
    {
        if (time.GetElapsedTime(Volatile.Read(ref _young).Since) < Quiet) return;
        lock (_turning)
        {
            var young = _young;
            if (time.GetElapsedTime(young.Since) < Quiet) return;
            Volatile.Write(ref _old, young);
            Volatile.Write(ref _young, new Table(time.GetTimestamp()));
        }
    }

    /// <summary>The entries that were added after a moment.</summary>
    private sealed class Table(long since)
    {
        private int _count;

        public long Since => since;
        public ConcurrentDictionary<EventKey, Entry> Entries { get; } = new();
        public bool IsFull => Volatile.Read(ref _count) >= Most;

        public Entry GetOrAdd(in EventKey key, Entry entry)
        {
            var there = Entries.GetOrAdd(key, entry);
            if (there == entry) Interlocked.Increment(ref _count);
            return there;
        }

        // As many as were remembered before, at most: no new ones.
        public void Set(in EventKey key, Entry entry)
        {
            Entries[key] = entry;
            Interlocked.Increment(ref _count);
        }
    }

    private sealed class Entry(long told, DateTimeOffset at)
    {
#pragma warning disable MA0069 // counted in place
        public int Again;
#pragma warning restore MA0069
        private int _ended;

        public long Told => told;
        public DateTimeOffset At => at;

        /// <summary>Its time is over; true for the first who finds that.</summary>
        public bool TryEnd() => Interlocked.Exchange(ref _ended, 1) == 0;
    }
}

/// <summary>Whether something is to be told.</summary>
/// <param name="IsDue">Now.</param>
/// <param name="IsFull">It would be, but there is no room to remember it.</param>
internal readonly record struct Telling(bool IsDue = false, bool IsFull = false)
{
    /// <summary>How often it happened since it was told last, this time included.</summary>
    public int Count { get; init; } = 1;

    /// <summary>When it was told last; null for the first time.</summary>
    public DateTimeOffset? First { get; init; }
}
