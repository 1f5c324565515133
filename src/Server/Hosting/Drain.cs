namespace Spanhook.Server.Hosting;

/// <summary>
/// The end of a server that others still send requests to. Told to end, it is not ready from that moment, and serves on for the shutdown delay:
/// balancers keep sending until they have heard, and API servers keep their open connections for as long as those work. Each answer of that time
/// closes its connection, so that the next request goes to somebody else. Then nothing new is accepted, and what is in flight is waited for.
/// <para>
/// What remains: connections without a request in all that time are closed while they are idle. A request that is on the wire at that very moment
/// is lost to its caller: Go sends a POST again only when none of it was written, and the API server then goes by its failurePolicy. It takes a
/// connection that rested for the whole delay and is used within the one network round trip of its closing.
/// </para>
/// </summary>
internal sealed class Drain : IReadinessCondition, IDisposable
{
    private readonly IHostApplicationLifetime _lifetime;
    private readonly TimeSpan _delay;
    private readonly ILogger<Drain> _logger;
    private readonly TimeProvider _time;
    private readonly Lock _begin = new();
    private readonly CancellationTokenRegistration _stopping;
    private volatile bool _isDraining;
    private ITimer? _end;

    public Drain(IHostApplicationLifetime lifetime, ServingOptions options, ILogger<Drain> logger, TimeProvider time)
    {
        (_lifetime, _delay, _logger, _time) = (lifetime, options.ShutdownDelay, logger, time);
        _stopping = lifetime.ApplicationStopping.UnsafeRegister(static drain => ((Drain)drain!)._isDraining = true, this);
    }

    public string Name => "draining";

    public string? NotReady => _isDraining ? "the server is shutting down" : null;

    /// <summary>True from the moment it was told to end.</summary>
    public bool IsDraining => _isDraining;

    /// <summary>Returns at once; the server stops when the delay is over.</summary>
    /// <param name="signal">Who says so, for the log.</param>
    /// <param name="isPatient">False to skip the delay: nobody balances to a server that somebody runs in a terminal.</param>
    public void Begin(string signal, bool isPatient)
    {
        lock (_begin)
        {
            if (_isDraining) return;
            _isDraining = true;
            var delay = isPatient ? _delay : TimeSpan.Zero;
            ServingLog.Draining(_logger, signal, delay.TotalSeconds);
            if (delay > TimeSpan.Zero) _end = _time.CreateTimer(static drain => ((Drain)drain!)._lifetime.StopApplication(), this, delay, Timeout.InfiniteTimeSpan);
            else _lifetime.StopApplication();
        }
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _end?.Dispose();
    }
}
