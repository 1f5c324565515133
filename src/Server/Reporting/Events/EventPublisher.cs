using Spanhook.KubeClient;
using Spanhook.Server.Admission;

namespace Spanhook.Server.Reporting.Events;

/// <summary>Writes the events that wait, few in a second. What fails is counted and left.</summary>
internal sealed class EventPublisher(WorkloadEvents events, EventStore store, ReportingMetrics metrics, ILogger<EventPublisher> logger, TimeProvider time) : BackgroundService
{
    /// <summary>Between two events: ten in a second.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly Pace _pace = new(Interval, time);
    private long _unsaid;
    private long? _said;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await events.Queue.WaitToReadAsync(stoppingToken))
            {
                while (events.Queue.TryRead(out var told))
                {
                    await _pace.NextAsync(stoppingToken);
                    if (await WriteAsync(told, stoppingToken) is { } wait) await Task.Delay(wait, time, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    /// <summary>How long the API server wants to be left alone; null when it does not say so.</summary>
    private async Task<TimeSpan?> WriteAsync(WorkloadEvent told, CancellationToken cancellation)
    {
        try
        {
            await store.CreateAsync(told, cancellation);
            metrics.Event("written");
            return null;
        }
        catch (ApiServerException e)
        {
            Fail(told, e.Message);
            return e.RetryAfter is { } wait ? (wait < LongestWait ? wait : LongestWait) : null;
        }
#pragma warning disable CA1031 // whatever it is: an event is worth nothing against a server that runs on
        catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Fail(told, $"{e.GetType().Name}: {e.Message}");
            return null;
        }
    }

    private void Fail(WorkloadEvent told, string problem)
    {
        events.Forget(told);
        metrics.Event("failed");
        _unsaid++;
        if (_said is { } said && time.GetElapsedTime(said) < TimeSpan.FromMinutes(1)) return;
        ReportingLog.EventsFailed(logger, _unsaid, AdmissionReviewWriter.Clean(problem, max: 1024));
        (_unsaid, _said) = (0, time.GetTimestamp());
    }
}
