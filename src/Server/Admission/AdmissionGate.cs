using System.Diagnostics.Metrics;
using Spanhook.Server.Hosting;

namespace Spanhook.Server.Admission;

/// <summary>
/// How many reviews are decided at once. To decide is work without waiting, so that more at once than there are cores makes each one later and none
/// sooner; a few more keep small reviews from standing behind large ones. Whoever finds no place waits, in order, but not for long: an
/// API server that gave up gains nothing from an answer. Bodies are read outside, so that a slow client holds no place.
/// </summary>
internal sealed class AdmissionGate
{
    private readonly int _places;
    private readonly int _queue;
    private readonly TimeSpan _queueTimeout;
    private readonly TimeSpan _reviewTimeout;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly LinkedList<Turn> _waiting = [];
    private readonly Counter<long> _rejected;
    private int _working;

    public AdmissionGate(ServingOptions options, Meter meter, TimeProvider time)
    {
        _places = options.MaxConcurrency > 0 ? options.MaxConcurrency : 4 * Environment.ProcessorCount;
        (_queue, _queueTimeout, _reviewTimeout, _time) = (options.MaxQueue, options.QueueTimeout, options.ReviewTimeout, time);
        _rejected = meter.CreateCounter<long>("spanhook.admission.queue_rejected", "{request}", "Reviews that were allowed without being looked at, since the server had too many.");
        meter.CreateObservableGauge("spanhook.admission.in_flight", () => InFlight, "{request}", "Reviews that are being decided or wait for their turn.");
    }

    /// <summary>How many may be decided at once.</summary>
    public int Places => _places;

    /// <summary>How many are decided now or wait.</summary>
    public int InFlight
    {
        get
        {
            lock (_gate) return _working + _waiting.Count;
        }
    }

    /// <summary>Shows the counter of those that found no place, so that a rate sees the first of them.</summary>
    public void Announce() => _rejected.Add(0);

    /// <summary>A place at once, without an allocation; false when there is none. Whoever got one calls <see cref="Leave"/>.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            // While somebody waits no place is free: one that leaves gives theirs on.
            if (_working == _places) return false;
            _working++;
            return true;
        }
    }

    /// <summary>A place within the time that a review has, counted from now, when its last byte came; false when there was none.</summary>
    /// <param name="cancellation">Ends the wait of a caller who is gone, with an exception.</param>
    public async ValueTask<bool> EnterAsync(CancellationToken cancellation)
    {
        var arrived = _time.GetTimestamp();

        // The decision itself is not interrupted: it is bounded by the limits on its input, and the API server, which waits for two seconds,
        // takes a patch that came late as gladly as any. So the budget decides only whether it is begun.
        var patience = _reviewTimeout < _queueTimeout ? _reviewTimeout : _queueTimeout;
        if (patience > TimeSpan.Zero && Queue() is { } turn && await WaitAsync(turn, patience, cancellation))
        {
            if (_time.GetElapsedTime(arrived) < _reviewTimeout) return true;

            // The place came in time, but the thread to use it did not.
            Leave();
        }

        _rejected.Add(1);
        return false;
    }

    /// <summary>Gives the place to the one who has waited longest.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (_waiting.First is not { } first)
            {
                _working--;
                return;
            }

            _waiting.RemoveFirst();
            first.Value.SetResult(true);
        }
    }

    // Null when the queue is full. A place that became free since TryEnter is taken.
    private Turn? Queue()
    {
        var turn = new Turn();
        lock (_gate)
        {
            if (_working < _places)
            {
                _working++;
                turn.SetResult(true);
                return turn;
            }

            if (_waiting.Count == _queue) return null;
            turn.Node = _waiting.AddLast(turn);
            return turn;
        }
    }

    private async Task<bool> WaitAsync(Turn turn, TimeSpan patience, CancellationToken cancellation)
    {
        if (turn.Task.IsCompleted) return true;
        await using var late = _time.CreateTimer(_ => GiveUp(turn), null, patience, Timeout.InfiniteTimeSpan);
        await using var gone = cancellation.UnsafeRegister(_ => GiveUp(turn), null);
        var isMine = await turn.Task;
        if (!isMine) cancellation.ThrowIfCancellationRequested();
        return isMine;
    }

    private void GiveUp(Turn turn)
    {
        lock (_gate)
        {
            // Not in the queue any more: the place was given, or given up, just before.
            if (turn.Node!.List is null) return;
            _waiting.Remove(turn.Node);
            turn.SetResult(false);
        }
    }

    /// <summary>One who waits. Continues elsewhere: whoever leaves should not do another's work first.</summary>
    private sealed class Turn() : TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public LinkedListNode<Turn>? Node { get; set; }
    }
}
