using System.Net;

namespace Spanhook.KubeClient.Watching;

/// <summary>A state of a reflector.</summary>
/// <param name="Phase">Its name.</param>
/// <param name="ResourceVersion">Where to watch from, or what to verify; empty in the others.</param>
internal readonly record struct ReflectorState(ReflectorPhase Phase, string ResourceVersion = "")
{
    public static readonly ReflectorState Start = new(ReflectorPhase.Listing);

    public static ReflectorState Watching(string version) => new(ReflectorPhase.Watching, version);

    public static ReflectorState Verifying(string version) => new(ReflectorPhase.Verifying, version);
}

/// <summary>What comes next, and how long to wait before.</summary>
internal readonly record struct ReflectorStep(ReflectorState Next, TimeSpan Wait = default);

/// <summary>How far a watch came.</summary>
internal sealed class WatchProgress(string version, TimeProvider time)
{
    private readonly long _opened = time.GetTimestamp();

    /// <summary>Of the last event.</summary>
    public string Version { get; set; } = version;

    public bool HasEvents { get; set; }

    public TimeSpan Age => time.GetElapsedTime(_opened);

    /// <summary>It works: what follows starts with short waits again.</summary>
    public bool IsProgress => HasEvents || Age >= TimeSpan.FromSeconds(5);
}

/// <summary>
/// What a reflector does after something went wrong:
/// <code>
/// what                                 while                      next                    wait
/// 404, objects are known               anything, the first time   Listing                 1-2 s: an API server that starts knows its definitions late
/// 404                                  anything                   Absent, empty, synced   4-8 s
/// 410, in all its shapes               listing in pages           ListingWhole            none the first time, else back-off
/// 410, in all its shapes               anything else              Listing                 none the first time, else back-off
/// refused by the server, third in row  Watching                   Listing                 back-off
/// 429                                  Watching                   Watching                back-off: it has told nothing, and is busy enough
/// anything else                        Watching, Verifying        Verifying               back-off
/// anything else                        listing                    the same                back-off
/// the watch was closed, as asked       Watching                   Watching                none; back-off when it closed at once
/// the watch was closed, too early      Watching                   Verifying               none; back-off when it closed at once
/// </code>
/// Only a 404 empties the store: with its definition the objects of a custom resource are gone. Whoever may not list (401, 403) keeps what was known.
/// </summary>
internal sealed class ReflectorRecovery(Backoff backoff)
{
    private const int StrikesUntilList = 3;

    private int _absences;
    private int _strikes;

    public ReflectorStep After(ReflectorState state, ApiServerException error, int objects)
    {
        if (error.Status == (int)HttpStatusCode.NotFound) return AfterAbsence(objects);
        if (error.IsGone) return new(state.Phase == ReflectorPhase.Listing ? new(ReflectorPhase.ListingWhole) : ReflectorState.Start, WaitForNewList());
        var wait = backoff.Next(error.RetryAfter, isUnreachable: error.Status == 0);
        if (state.Phase is not (ReflectorPhase.Watching or ReflectorPhase.Verifying)) return new(state.Phase == ReflectorPhase.ListingWhole ? state : ReflectorState.Start, wait);
        if (state.Phase == ReflectorPhase.Watching && error.Status > 0 && ++_strikes >= StrikesUntilList)
        {
            _strikes = 0;
            return new(ReflectorState.Start, wait);
        }

        var isBusy = state.Phase == ReflectorPhase.Watching && error.Status == (int)HttpStatusCode.TooManyRequests;
        return new(isBusy ? state : ReflectorState.Verifying(state.ResourceVersion), wait);
    }

    public ReflectorStep AfterEnd(WatchProgress watch, bool wasAsked) => new(
        wasAsked ? ReflectorState.Watching(watch.Version) : ReflectorState.Verifying(watch.Version),
        watch.IsProgress ? TimeSpan.Zero : backoff.Next());

    /// <summary>A list was whole.</summary>
    public void Listed() => _absences = 0;

    /// <summary>A watch works. A list alone does not count: a server may answer lists and refuse every watch.</summary>
    public void Progressed()
    {
        backoff.Reset();
        _strikes = 0;
    }

    private ReflectorStep AfterAbsence(int objects)
    {
        _absences++;
        return objects > 0 && _absences < 2
            ? new(ReflectorState.Start, backoff.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)))
            : new(new(ReflectorPhase.Absent), backoff.Between(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(8)));
    }

    private TimeSpan WaitForNewList()
    {
        var isFirst = backoff.Failures == 0;
        var wait = backoff.Next();
        return isFirst ? TimeSpan.Zero : wait;
    }
}
