using System.Collections.Concurrent;

namespace Spanhook.Server.Reporting.Counting;

/// <summary>The tallies of the objects of one kind, by what the engine calls them. Bounded: what comes when it is full is not counted.</summary>
internal sealed class TallyTable(int most, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Tally> _tallies = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>The tally of an object; null when there is no room for another.</summary>
    public Tally? Of(string name)
    {
        if (_tallies.TryGetValue(name, out var known)) return known;
        if (Interlocked.Increment(ref _count) > most)
        {
            Interlocked.Decrement(ref _count);
            return null;
        }

        var added = new Tally(time);
        var tally = _tallies.GetOrAdd(name, added);
        if (tally != added) Interlocked.Decrement(ref _count);
        return tally;
    }

    /// <summary>What was counted of the objects that are there; that of others is forgotten, also when one has got the name of another.</summary>
    /// <param name="prefix">What their names begin with here.</param>
    /// <param name="uids">By name, of the objects that are there.</param>
    public SortedDictionary<string, ObjectReport> Read(string prefix, IReadOnlyDictionary<string, string> uids)
    {
        var reports = new SortedDictionary<string, ObjectReport>(StringComparer.Ordinal);
        foreach (var (key, tally) in _tallies)
        {
            var name = key[prefix.Length..];
            if (!uids.TryGetValue(name, out var uid) || (tally.Uid is { } counted && counted != uid))
            {
                if (_tallies.TryRemove(new(key, tally))) Interlocked.Decrement(ref _count);
                continue;
            }

            tally.Uid = uid;
            reports[name] = new()
            {
                Uid = uid,
                Injected = tally.Injected,
                Skipped = new(tally.Skipped().ToDictionary(s => s.Reason.Code, s => new SkipReport { Count = s.Count, Example = s.Example }, StringComparer.Ordinal), StringComparer.Ordinal),
            };
        }

        return reports;
    }
}
