using System.Security.Cryptography;

namespace Spanhook.Server.Hosting;

/// <summary>
/// Does one round after the other until the server stops. Whatever a round throws is told and tried again: an exception that left it would end the
/// server, and with it the admissions.
/// </summary>
internal abstract class RoundService(TimeProvider time) : BackgroundService
{
    /// <summary>One round; how long to wait for the next, give or take a tenth: replicas that started together must not ask together for ever.</summary>
    public abstract Task<TimeSpan> TickAsync(CancellationToken cancellation);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true) await Task.Delay(Jittered(await GuardedTickAsync(stoppingToken)), time, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    /// <summary>A round threw; how long to wait for the next.</summary>
    protected abstract TimeSpan Failed(string exception, string? stackTrace);

    private async Task<TimeSpan> GuardedTickAsync(CancellationToken cancellation)
    {
        try
        {
            return await TickAsync(cancellation);
        }
#pragma warning disable CA1031 // whatever it is, admissions go on
        catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return Failed($"{e.GetType().Name}: {e.Message}", e.StackTrace);
        }
    }

    private static TimeSpan Jittered(TimeSpan wait) => wait * (0.9 + (RandomNumberGenerator.GetInt32(2000) / 10_000.0));
}
