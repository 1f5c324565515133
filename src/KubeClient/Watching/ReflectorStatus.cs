namespace Spanhook.KubeClient.Watching;

/// <summary>What a reflector is doing.</summary>
public enum ReflectorPhase
{
    /// <summary>Lists in pages; readers see what was known before until the list is whole.</summary>
    Listing,

    /// <summary>As <see cref="Listing"/>, but in one answer: a page expired before it was asked for.</summary>
    ListingWhole,

    /// <summary>Watches from the last resource version.</summary>
    Watching,

    /// <summary>Asks whether the server, which was gone, still is where it was: etcd may have been restored from a backup.</summary>
    Verifying,

    /// <summary>The collection does not exist, as that of a custom resource whose definition is not there: empty, and asked for every few seconds.</summary>
    Absent,
}

/// <summary>A reflector at one moment.</summary>
public sealed record ReflectorStatus
{
    /// <summary>The plural of the collection.</summary>
    public required string Resource { get; init; }
    public ReflectorPhase Phase { get; init; }

    /// <summary>When the first list was whole, or the collection known to be absent; null before.</summary>
    public DateTimeOffset? SyncedSince { get; init; }

    /// <summary>When the server last said anything about this collection; null before.</summary>
    public DateTimeOffset? LastContact { get; init; }

    /// <summary>How old what is known may be: zero while a watch is open or the collection known to be absent, else the time since the last contact.</summary>
    public TimeSpan Stale { get; init; }

    /// <summary>Objects that are kept.</summary>
    public int Objects { get; init; }

    /// <summary>Lists begun, and requests that asked for one object to verify the server's state.</summary>
    public long Lists { get; init; }

    /// <summary>Watches opened.</summary>
    public long Watches { get; init; }

    /// <summary>Events applied; without bookmarks.</summary>
    public long Events { get; init; }

    /// <summary>Requests and watches that failed.</summary>
    public long Failures { get; init; }

    /// <summary>The last failure; null since the server answered again.</summary>
    public string? Problem { get; init; }

    public bool IsSynced => SyncedSince is not null;
}
