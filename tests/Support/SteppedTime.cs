namespace Spanhook.Support;

/// <summary>
/// A clock that moves when a test moves it. One-shot waits shorter than <see cref="SkipBelow"/> are over at once, and the clock is later by them:
/// back-off costs a test no time, while timeouts stand until <see cref="Advance"/>.
/// </summary>
public sealed class SteppedTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<Timer> _timers = [];
    private readonly List<TimeSpan> _skipped = [];
    private DateTimeOffset _now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Zero: nothing is skipped.</summary>
    public TimeSpan SkipBelow { get; init; }

    /// <summary>The waits that were skipped, in order.</summary>
    public IReadOnlyList<TimeSpan> Skipped
    {
        get
        {
            lock (_lock) return [.. _skipped];
        }
    }

    /// <summary>How long the timers that stand still have.</summary>
    public IReadOnlyList<TimeSpan> Pending
    {
        get
        {
            lock (_lock) return [.. _timers.Select(timer => timer.Due - _now)];
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock) return _now;
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    /// <summary>Moves the clock and fires what is due.</summary>
    public void Advance(TimeSpan by)
    {
        List<Timer> due;
        lock (_lock)
        {
            _now += by;
            due = [.. _timers.Where(timer => timer.Due <= _now).OrderBy(timer => timer.Due)];
        }

        foreach (var timer in due) timer.Fire();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(SteppedTime clock, Action callback) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;
        private int _settings;

        public DateTimeOffset Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                var setting = ++_settings;
                clock._timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                Due = clock._now + dueTime;
                _period = period;
                var isOnce = period == Timeout.InfiniteTimeSpan || period == TimeSpan.Zero;
                if (!isOnce || dueTime >= clock.SkipBelow)
                {
                    clock._timers.Add(this);
                    return true;
                }

                clock._skipped.Add(dueTime);
                clock._now += dueTime;
                ThreadPool.QueueUserWorkItem(_ => FireSkipped(setting));
                return true;
            }
        }

        public void Fire()
        {
            lock (clock._lock)
            {
                if (!clock._timers.Remove(this)) return;
                if (_period > TimeSpan.Zero)
                {
                    Due = clock._now + _period;
                    clock._timers.Add(this);
                }
            }

            callback();
        }

        public void Dispose()
        {
            lock (clock._lock)
            {
                _settings++;
                clock._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void FireSkipped(int setting)
        {
            lock (clock._lock)
            {
                if (setting != _settings) return; // set anew, or disposed, meanwhile
            }

            callback();
        }
    }
}
