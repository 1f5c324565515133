using Spanhook.Server.Certificates.SelfManaged;

namespace Spanhook.Server.Certificates;

/// <summary>For certificates that come from elsewhere: keeps the Lease all the same, since one replica writes the statuses of all.</summary>
internal sealed class LeaseKeeper(LeaseElection lease, ILogger<LeaseKeeper> logger, TimeProvider time) : BackgroundService
{
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await lease.ReleaseAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await TryAsync(stoppingToken);
                await Task.Delay(CertificateKeeper.Poll, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task TryAsync(CancellationToken cancellation)
    {
        try
        {
            await lease.TryHoldAsync(cancellation);
        }
#pragma warning disable CA1031 // whatever it is: nothing may end the server
        catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            CertificateLog.Failed(logger, $"{e.GetType().Name}: {e.Message}", e.StackTrace);
        }
    }
}
