using System.Collections.Concurrent;

namespace Spanhook.Load.Generating;

/// <summary>
/// Runs a plan. Every sender is a thread with one connection that takes the next request, waits for its time, sends it and reads the answer. A
/// sender that is late because all the others are waiting too calls one more, up to the plan's limit.
/// </summary>
internal sealed class LoadGenerator(LoadPlan plan, TimeProvider time)
{
    // Late by more than the kernel's clock and a busy machine explain.
    private static readonly TimeSpan NeedsHelp = TimeSpan.FromMilliseconds(5);

    private readonly ConcurrentBag<LoadResult> _results = [];
    private readonly List<Thread> _threads = [];
    private Schedule _schedule;
    private long _count;
    private long _next = -1;
    private CancellationToken _cancellation;

    public static Task<LoadResult> RunAsync(LoadPlan plan, CancellationToken cancellation) =>
        Task.Factory.StartNew(() => new LoadGenerator(plan, TimeProvider.System).Run(cancellation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public LoadResult Run(CancellationToken cancellation)
    {
        _cancellation = cancellation;
        // What a thread starts stays where it is.
        if (plan.Core is { } core) Affinity.Pin(core);
        var start = time.GetTimestamp();
        _schedule = new Schedule(start, time.TimestampFrequency, plan.Rate ?? 1);
        _count = plan.Rate is null ? long.MaxValue : _schedule.CountWithin(plan.Duration);
        for (var i = 0; i < plan.Connections; i++) StartSender();
        for (var i = 0; ThreadAt(i) is { } thread; i++) thread.Join();
        var sum = new LoadResult { Elapsed = time.GetElapsedTime(start) };
        foreach (var result in _results) sum.Add(result);
        return sum;
    }

    private void StartSender()
    {
        lock (_threads)
        {
            if (_threads.Count >= Math.Max(plan.Connections, plan.MaxConnections)) return;
            var thread = new Thread(Send, maxStackSize: 256 * 1024) { IsBackground = true, Name = "sender" };
            _threads.Add(thread);
            thread.Start();
        }
    }

    // A sender may call another one for as long as it runs: the list is complete when all that are in it have ended.
    private Thread? ThreadAt(int index)
    {
        lock (_threads) return index < _threads.Count ? _threads[index] : null;
    }

    private void Send()
    {
        Pause.BePrecise();
        using var sender = new Sender(plan, time);
        while (!_cancellation.IsCancellationRequested && TryTake(out var number))
        {
            if (plan.Rate is null)
            {
                sender.Send(number, time.GetTimestamp());
                continue;
            }

            var intended = _schedule.At(number);
            if (time.GetElapsedTime(intended) > NeedsHelp) StartSender();
            Pause.Until(intended, time);
            sender.Send(number, intended);
        }

        sender.Result.Senders = 1;
        _results.Add(sender.Result);
    }

    private bool TryTake(out long number)
    {
        number = Interlocked.Increment(ref _next);
        return plan.Rate is null ? time.GetElapsedTime(_schedule.Start) < plan.Duration : number < _count;
    }
}
