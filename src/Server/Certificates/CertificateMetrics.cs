using System.Diagnostics.Metrics;
using Spanhook.Server.Certificates.SelfManaged;

namespace Spanhook.Server.Certificates;

/// <summary>The gauges of the certificates, on the one meter of the server. What is not known has no measurement: no value would be honest.</summary>
internal sealed class CertificateMetrics(Meter meter, ICertificateSource source, CertificateStatus? status) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        meter.CreateObservableGauge("spanhook.cert.not_after", NotAfter, unit: "s", description: "End of the serving certificate, in seconds since 1970.");
        if (status is null) return Task.CompletedTask;
        meter.CreateObservableGauge("spanhook.ca_bundle.match", () => Of(status.Matches), description: "1 when the published caBundle vouches for the serving certificate, else 0; nothing without a webhook configuration.");
        meter.CreateObservableGauge("spanhook.webhook_configuration.present", () => Of(status.ConfigurationExists), description: "1 when the webhook configuration exists, 0 when it was deleted.");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<Measurement<long>> NotAfter() =>
        source.Presented is { } leaf ? [new Measurement<long>(new DateTimeOffset(leaf.NotAfter.ToUniversalTime()).ToUnixTimeSeconds())] : [];

    private static IEnumerable<Measurement<int>> Of(bool? value) => value is { } known ? [new Measurement<int>(known ? 1 : 0)] : [];
}
