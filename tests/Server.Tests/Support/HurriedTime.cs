using System.Collections.Concurrent;

namespace Spanhook.Server.Tests.Support;

/// <summary>Whatever waits has waited long enough at once; how long it wanted to is kept.</summary>
internal sealed class HurriedTime : TimeProvider
{
    public ConcurrentQueue<TimeSpan> Waits { get; } = new();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Waits.Enqueue(dueTime);
        return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
