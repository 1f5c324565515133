namespace Spanhook.Server.Tests.Support;

/// <summary>A clock of which a test makes one timer fire, as soon as somebody waits for it.</summary>
internal sealed class FiringTime : TimeProvider
{
    private readonly TaskCompletionSource<(TimeSpan Due, Action Fire)> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits until the first timer is set, and fires it at once.</summary>
    public async Task FireAsync(TimeSpan due)
    {
        var timer = await _first.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(due, timer.Due);
        timer.Fire();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _first.TrySetResult((dueTime, () => callback(state)));
        return new Timer();
    }

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
