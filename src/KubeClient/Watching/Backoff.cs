namespace Spanhook.KubeClient.Watching;

/// <summary>How long to wait after failures in a row: at least half a second, at most twice as long each time, anywhere in between, so that many clients do not return together.</summary>
internal sealed class Backoff(Random random)
{
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(0.5);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>While nobody listens, asking costs the server nothing, and everybody waits for it to be back.</summary>
    public static readonly TimeSpan LongestUnreachable = TimeSpan.FromSeconds(5);

    /// <summary>A server may ask for more patience than ours, within reason.</summary>
    public static readonly TimeSpan LongestAskedFor = TimeSpan.FromMinutes(2);

    private int _unanswered;
    private int _refused;

    public int Failures => _unanswered + _refused;

    public void Reset() => (_unanswered, _refused) = (0, 0);

    public TimeSpan Next(TimeSpan? askedFor = null, bool isUnreachable = false)
    {
        // A server that comes back refuses much for a second or two (403 before it knows its roles, 429 before its caches are filled): how often
        // it could not be reached before must not count then.
        (_unanswered, _refused) = isUnreachable ? (_unanswered + 1, 0) : (_unanswered, _refused + 1);
        var (longest, inARow) = isUnreachable ? (LongestUnreachable, _unanswered) : (Longest, _refused);
        var limit = Math.Min(longest.TotalSeconds, Shortest.TotalSeconds * Math.Pow(2, Math.Min(inARow, 10)));
        var wait = Between(Shortest, TimeSpan.FromSeconds(limit));
        if (askedFor is not { } asked || asked <= wait) return wait;

        // Not all at the same moment, and never earlier than asked.
        return Between(asked, asked * 1.2) is var polite && polite < LongestAskedFor ? polite : LongestAskedFor;
    }

#pragma warning disable CA5394 // nothing secret hangs on when we ask again
    public TimeSpan Between(TimeSpan least, TimeSpan most) => least + ((most - least) * random.NextDouble());
#pragma warning restore CA5394
}
