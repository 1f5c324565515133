using Spanhook.Server.Certificates.SelfManaged;
using Spanhook.Server.Hosting;

namespace Spanhook.Server.Certificates;

/// <summary>For certificates that come from elsewhere: keeps the Lease all the same, since one replica writes the statuses of all.</summary>
internal sealed class LeaseKeeper(LeaseElection lease, ILogger<LeaseKeeper> logger, TimeProvider time) : RoundService(time)
{
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await lease.ReleaseAsync(cancellationToken);
    }

    public override async Task<TimeSpan> TickAsync(CancellationToken cancellation)
    {
        await lease.TryHoldAsync(cancellation);
        return CertificateKeeper.Poll;
    }

    protected override TimeSpan Failed(string exception, string? stackTrace)
    {
        CertificateLog.Failed(logger, exception, stackTrace);
        return CertificateKeeper.Poll;
    }
}
