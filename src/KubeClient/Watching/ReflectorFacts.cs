namespace Spanhook.KubeClient.Watching;

/// <summary>What a reflector notes of itself, to be read by others at any time.</summary>
internal sealed class ReflectorFacts(string resource, TimeProvider time)
{
    private readonly Lock _lock = new();
    private ReflectorStatus _status = new() { Resource = resource };
    private long? _lastContact;
    private bool _isCurrent;

    public ReflectorStatus Status(int objects)
    {
        lock (_lock)
        {
            var stale = _isCurrent || _lastContact is not { } last ? TimeSpan.Zero : time.GetElapsedTime(last);
            return _status with { Objects = objects, Stale = stale };
        }
    }

    public void Enter(ReflectorPhase phase) => Note(status => status with { Phase = phase });

    public void CountList() => Note(status => status with { Lists = status.Lists + 1 });

    public void CountEvent() => Note(status => status with { Events = status.Events + 1 });

    /// <summary>A watch is open.</summary>
    public void Open()
    {
        Contact();
        lock (_lock) (_isCurrent, _status) = (true, _status with { Watches = _status.Watches + 1, Problem = null });
    }

    public void Close()
    {
        lock (_lock) _isCurrent = false;
    }

    public void Contact()
    {
        lock (_lock) (_lastContact, _status) = (time.GetTimestamp(), _status with { LastContact = time.GetUtcNow() });
    }

    /// <summary>True the first time.</summary>
    public bool Sync(bool isAbsent = false)
    {
        if (isAbsent) Contact();
        lock (_lock)
        {
            _isCurrent = isAbsent;
            var isFirst = _status.SyncedSince is null;
            if (isFirst) _status = _status with { SyncedSince = time.GetUtcNow() };
            return isFirst;
        }
    }

    public void Fail(string problem, ReflectorPhase next)
    {
        lock (_lock) (_isCurrent, _status) = (next == ReflectorPhase.Absent, _status with { Failures = _status.Failures + 1, Problem = problem });
    }

    private void Note(Func<ReflectorStatus, ReflectorStatus> change)
    {
        lock (_lock) _status = change(_status);
    }
}
