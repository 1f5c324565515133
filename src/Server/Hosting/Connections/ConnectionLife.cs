namespace Spanhook.Server.Hosting.Connections;

/// <summary>How long one connection lives, and how many requests. A feature of the connection.</summary>
/// <param name="began">Timestamp of its accept.</param>
/// <param name="endsAt">Timestamp after which the next answer is its last.</param>
/// <param name="requests">How many requests it may carry.</param>
internal sealed class ConnectionLife(long began, long endsAt, int requests)
{
    private int _requests;

    public long Began => began;

    public bool IsUnused => Volatile.Read(ref _requests) == 0;

    /// <summary>Counts a request; true when this one, or one before, should be the last.</summary>
    public bool CountRequest(long now) => Interlocked.Increment(ref _requests) >= requests || now >= endsAt;
}
