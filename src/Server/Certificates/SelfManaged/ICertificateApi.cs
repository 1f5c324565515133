using Spanhook.KubeClient;

namespace Spanhook.Server.Certificates.SelfManaged;

/// <summary>
/// The three objects that the certificates live in, each read and written by its name. Reads are those without a resourceVersion, which are
/// never older than the last write. Every method throws <see cref="ApiServerException"/>; what is not there is null.
/// </summary>
internal interface ICertificateApi
{
    Task<Secret?> GetSecretAsync(CancellationToken cancellation);

    Task<Secret> CreateSecretAsync(Secret secret, CancellationToken cancellation);

    /// <summary>A resourceVersion that is not the current one is a conflict.</summary>
    Task<Secret> ReplaceSecretAsync(Secret secret, CancellationToken cancellation);

    Task<Lease?> GetLeaseAsync(CancellationToken cancellation);

    Task<Lease> CreateLeaseAsync(Lease lease, CancellationToken cancellation);

    /// <inheritdoc cref="ReplaceSecretAsync"/>
    Task<Lease> ReplaceLeaseAsync(Lease lease, CancellationToken cancellation);

    Task<WebhookConfiguration?> GetWebhookConfigurationAsync(CancellationToken cancellation);

    /// <summary>Server-side apply of <c>caBundle</c> of every entry that <paramref name="read"/> has. A conflict when it was changed since.</summary>
    Task ApplyCaBundleAsync(WebhookConfiguration read, ReadOnlyMemory<byte> bundle, CancellationToken cancellation);
}
