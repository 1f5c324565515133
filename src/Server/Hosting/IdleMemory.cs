using System.Runtime;
using System.Runtime.InteropServices;
using Spanhook.Server.Admission;

namespace Spanhook.Server.Hosting;

/// <summary>
/// Gives memory back after something unusual: large reviews, a crowd of connections, another certificate. Neither the collector nor the C library does so for
/// a process that has little to do, as most webhooks have, and the pod's memory is what its node has reserved or lost. Nobody waits for it: it is done when
/// the unusual is over, at a moment without a review, and seldom.
/// </summary>
internal sealed class IdleMemory : IDisposable
{
    /// <summary>How long nothing unusual has happened.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(3);

    /// <summary>Between two.</summary>
    public static readonly TimeSpan Seldom = TimeSpan.FromSeconds(10);

    /// <summary>A busy server is not without a review for long; after this time it is done all the same.</summary>
    public static readonly TimeSpan Latest = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    private readonly AdmissionGate _gate;
    private readonly TimeProvider _time;
    private readonly Action _giveBack;
    private readonly Lock _lock = new();
    private readonly ITimer _timer;
    private long _noted;
    private long _done;
    private bool _isUnusual;

    public IdleMemory(AdmissionGate gate, TimeProvider time, Action? giveBack = null)
    {
        (_gate, _time, _giveBack, _done) = (gate, time, giveBack ?? GiveBack, time.GetTimestamp());
        _timer = time.CreateTimer(static memory => ((IdleMemory)memory!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Memory is to be given back, once it is quiet.</summary>
    public bool IsUnusual
    {
        get
        {
            lock (_lock) return _isUnusual;
        }
    }

    /// <summary>Something took more memory than usual.</summary>
    public void Note()
    {
        lock (_lock)
        {
            _noted = _time.GetTimestamp();
            if (_isUnusual) return;
            _isUnusual = true;
            _timer.Change(Look, Look);
        }
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>Now, whoever waits.</summary>
    public static void GiveBack()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            // What OpenSSL took for connections lies in pieces between what is in use.
            _ = Trim(0);
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            // Not glibc: musl gives back by itself.
        }
    }

    private void Tick()
    {
        lock (_lock)
        {
            var quiet = _time.GetElapsedTime(_noted);
            if (!_isUnusual || quiet < Quiet || _time.GetElapsedTime(_done) < Seldom) return;
            if (_gate.InFlight > 0 && quiet < Latest) return;
            (_isUnusual, _done) = (false, _time.GetTimestamp());
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        _giveBack();
    }

    // Nothing to marshal, so that no code has to be generated for it.
#pragma warning disable SYSLIB1054
    [DllImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Trim(nuint pad);
#pragma warning restore SYSLIB1054
}
