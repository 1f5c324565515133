using Spanhook.KubeClient;
using Spanhook.Server.Hosting;

namespace Spanhook.Server.Certificates.SelfManaged;

/// <summary>For certificates that come from elsewhere: looks whether the webhook configuration trusts them, and writes nothing. One small request in half a minute.</summary>
internal sealed class CaBundleMonitor(ICertificateApi api, ICertificateSource source, CertificateStatus status, ILogger<CaBundleMonitor> logger, TimeProvider time) : RoundService(time)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly PublishedBundle _published = new(time);
    private readonly ProblemLog _problems = new(logger, time);

    /// <summary>One look.</summary>
    public override async Task<TimeSpan> TickAsync(CancellationToken cancellation)
    {
        try
        {
            _published.Observe(await api.GetWebhookConfigurationAsync(cancellation));
            _problems.Over("configuration");
        }
        catch (ApiServerException e)
        {
            _published.Miss();
            _problems.Say("configuration", $"the webhook configuration cannot be read: {e.Message}");
        }

        status.Look(source, _published, _problems);
        return Interval;
    }

    protected override TimeSpan Failed(string exception, string? stackTrace)
    {
        CertificateLog.Failed(logger, exception, stackTrace);
        return Interval;
    }
}
