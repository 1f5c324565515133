using Spanhook.Server.Tests.Support;

namespace Spanhook.Server.Tests.Certificates.SelfManaged;

/// <summary>The clock of one machine: what passes is as everywhere, but its wall clock may be wrong, or jump.</summary>
internal sealed class SkewedTime(ManualTime truth) : TimeProvider
{
    private readonly List<Action> _timers = [];

    public TimeSpan Offset { get; set; }

    public override long TimestampFrequency => truth.TimestampFrequency;

    /// <summary>Every timer fires once.</summary>
    public void FireTimers() => _timers.ForEach(fire => fire());

    public override DateTimeOffset GetUtcNow() => truth.GetUtcNow() + Offset;

    public override long GetTimestamp() => truth.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (period > TimeSpan.Zero) _timers.Add(() => callback(state));
        return truth.CreateTimer(callback, state, dueTime, period);
    }
}
