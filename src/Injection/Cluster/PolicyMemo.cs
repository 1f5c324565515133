using System.Collections.Concurrent;

namespace Spanhook.Injection.Cluster;

/// <summary>
/// What was made of a set of policies, for the next pod that they cover. Bounded: when it is full it begins anew, so that a tenant who tries out
/// combinations of labels costs others one merge each, and no memory. For several threads.
/// </summary>
internal sealed class PolicyMemo<T>(int capacity, Func<ulong[], T> make)
    where T : class
{
    private readonly ConcurrentDictionary<ulong, Entry> _entries = new();

    public int Count => _entries.Count;

    /// <summary>Allocates nothing when it is known.</summary>
    public T Of(ReadOnlySpan<ulong> set)
    {
        var hash = PolicySet.Hash(set);
        if (_entries.TryGetValue(hash, out var known) && set.SequenceEqual(known.Set)) return known.Value;
        var copy = set.ToArray();
        var entry = new Entry(copy, make(copy));
        if (_entries.Count >= capacity) _entries.Clear();
        _entries[hash] = entry;
        return entry.Value;
    }

    private sealed record Entry(ulong[] Set, T Value);
}
