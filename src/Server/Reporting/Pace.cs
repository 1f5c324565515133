namespace Spanhook.Server.Reporting;

/// <summary>At most one in an interval. For one caller at a time.</summary>
internal sealed class Pace(TimeSpan interval, TimeProvider time)
{
    private long? _last;

    /// <summary>Waits for the next one's turn.</summary>
    public async Task NextAsync(CancellationToken cancellation)
    {
        if (_last is { } last && interval - time.GetElapsedTime(last) is var wait && wait > TimeSpan.Zero) await Task.Delay(wait, time, cancellation);
        _last = time.GetTimestamp();
    }
}
