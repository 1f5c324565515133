using Spanhook.Cli.Workloads;

namespace Spanhook.Cli.Restarting;

/// <summary>Rolls workloads, a few at a time, until all are done or one does not get ready.</summary>
/// <param name="settings">How careful.</param>
/// <param name="time">For waits.</param>
/// <param name="roll">Rolls one, and waits for it.</param>
internal sealed class RestartRun(RestartSettings settings, TimeProvider time, Func<Workload, CancellationToken, Task<RestartOutcome>> roll)
{
    private readonly List<Task<RestartOutcome>> _rolling = [];
    private readonly Dictionary<RestartOutcome, int> _counts = [];

    public int Count(RestartOutcome outcome) => _counts.GetValueOrDefault(outcome);

    /// <summary>Of those that it was given, how many it did not come to.</summary>
    public int NotStarted { get; private set; }

    /// <summary>Ends when none rolls any more.</summary>
    public async Task RunAsync(IReadOnlyList<Workload> workloads, CancellationToken cancellation)
    {
        var started = 0;
        foreach (var workload in workloads)
        {
            while (_rolling.Count >= settings.MaxParallel) await OneEndsAsync();
            if (Count(RestartOutcome.Failed) > 0) break;
            if (started++ > 0 && !settings.IsDryRun) await Task.Delay(RestartSettings.Pause, time, cancellation);
            _rolling.Add(roll(workload, cancellation));
        }

        while (_rolling.Count > 0) await OneEndsAsync();
        NotStarted = workloads.Count - started;
    }

    private async Task OneEndsAsync()
    {
        var ended = await Task.WhenAny(_rolling);
        _rolling.Remove(ended);
        var outcome = await ended;
        _counts[outcome] = Count(outcome) + 1;
    }
}
