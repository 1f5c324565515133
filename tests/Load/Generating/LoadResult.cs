namespace Spanhook.Load.Generating;

/// <summary>What came of a plan, of one sender or of all.</summary>
internal sealed class LoadResult
{
    /// <summary>From the intended start to the checked answer.</summary>
    public Histogram Latency { get; } = new();

    /// <summary>From the sending to the checked answer: what the server did without the queue before it.</summary>
    public Histogram Service { get; } = new();

    /// <summary>How much later than intended each request was sent.</summary>
    public Histogram Lateness { get; } = new();

    public long Patched { get; set; }

    public long Overloaded { get; set; }

    /// <summary>Could not be sent in time; see <see cref="LoadPlan.DropAfter"/>.</summary>
    public long NotSent { get; set; }

    public long Retried { get; set; }

    /// <summary>More than a millisecond.</summary>
    public long Late { get; set; }

    public long ConnectionsOpened { get; set; }

    /// <summary>The server asked for the end of the connection within an answer.</summary>
    public long ConnectionsClosedPolitely { get; set; }

    /// <summary>Senders at the end: how many connections the open loop needed.</summary>
    public int Senders { get; set; }

    public TimeSpan Elapsed { get; set; }

    /// <summary>What went wrong, and how often.</summary>
    public SortedDictionary<string, long> Errors { get; } = new(StringComparer.Ordinal);

    public long Answered => Latency.Count;

    public long Failed => Errors.Values.Sum();

    public double PerSecond => Answered / Elapsed.TotalSeconds;

    public string ErrorText => Errors.Count == 0 ? "none" : string.Join(", ", Errors.Select(e => $"{e.Value} × {e.Key}"));

    public void AddError(string kind) => Errors[kind] = Errors.GetValueOrDefault(kind) + 1;

    public void Add(LoadResult other)
    {
        Latency.Add(other.Latency);
        Service.Add(other.Service);
        Lateness.Add(other.Lateness);
        Patched += other.Patched;
        Overloaded += other.Overloaded;
        NotSent += other.NotSent;
        Retried += other.Retried;
        Late += other.Late;
        ConnectionsOpened += other.ConnectionsOpened;
        ConnectionsClosedPolitely += other.ConnectionsClosedPolitely;
        Senders += other.Senders;
        foreach (var (kind, count) in other.Errors) Errors[kind] = Errors.GetValueOrDefault(kind) + count;
    }
}
