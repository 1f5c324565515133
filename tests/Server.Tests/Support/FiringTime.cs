using System.Collections.Concurrent;

namespace Spanhook.Server.Tests.Support;

/// <summary>A clock of which a test makes one timer fire, as soon as somebody waits for it.</summary>
internal sealed class FiringTime : TimeProvider
{
    private readonly ConcurrentDictionary<TimeSpan, TaskCompletionSource<Action>> _timers = new();

    /// <summary>Waits until a timer of that time is set, and fires the first of them at once.</summary>
    public async Task FireAsync(TimeSpan due) => (await First(due).Task.WaitAsync(TestContext.Current.CancellationToken))();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        First(dueTime).TrySetResult(() => callback(state));
        return new Timer();
    }

    private TaskCompletionSource<Action> First(TimeSpan due) => _timers.GetOrAdd(due, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    private sealed class Timer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
            // Nothing runs.
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
