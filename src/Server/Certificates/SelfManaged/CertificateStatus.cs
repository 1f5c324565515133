using System.Security.Cryptography.X509Certificates;
using Spanhook.Server.Hosting;

namespace Spanhook.Server.Certificates.SelfManaged;

/// <summary>
/// Whether API servers can trust what is served: the chain of the leaf, built against the caBundle that is published now, for the name that is
/// called. And with it whether this replica is ready: not before that was so once; from then on for ever, since a bundle that is wiped or a
/// webhook configuration that is deleted concerns all replicas at once, and none of them would serve better by being taken away.
/// </summary>
internal sealed class CertificateStatus(string configurationName, ILogger<CertificateStatus> logger, TimeProvider time) : IReadinessCondition
{
    private volatile string? _notReady = "The certificate is not made yet";
    private bool? _exists;
    private (X509Certificate2? Leaf, WebhookConfiguration? Configuration, string? Problem, long At) _checked;
    private int _match = -1;
    private int _there = -1;

    /// <summary>Null when ready; else one sentence.</summary>
    public string Name => "certificate";

    public string? NotReady => _notReady;

    /// <summary>Null while nothing is known, or nobody calls.</summary>
    public bool? Matches => Known(ref _match);

    /// <summary>Whether the webhook configuration exists; null while nothing is known.</summary>
    public bool? ConfigurationExists => Known(ref _there);

    public void Look(ICertificateSource source, PublishedBundle published, ProblemLog problems)
    {
        if (!published.IsFresh)
        {
            if (_notReady is not null && _exists is null) _notReady = $"The webhook configuration {configurationName} could not be read yet";
            return;
        }

        Exists(published.Configuration is not null);
        Volatile.Write(ref _there, published.Configuration is null ? 0 : 1);
        var problem = source.Presented is { } leaf ? Checked(leaf, published.Configuration) : "The certificate is not made yet";
        Volatile.Write(ref _match, published.IsAbsent ? -1 : problem is null ? 1 : 0);

        // Nobody calls: an installation may apply the configuration last.
        if (problem is null) _notReady = null;
        else if (_notReady is not null) _notReady = problem;
        if (problem is null || published.IsAbsent) problems.Over("match");
        else problems.Say("match", problem);
    }

    private static bool? Known(ref int value) => Volatile.Read(ref value) switch { < 0 => null, 0 => false, _ => true };

    // Chains are built when something changed, and each minute since time passes.
    private string? Checked(X509Certificate2 leaf, WebhookConfiguration? configuration)
    {
        var isSame = _checked.Leaf == leaf && _checked.Configuration?.Metadata.ResourceVersion == configuration?.Metadata.ResourceVersion;
        if (!isSame || time.GetElapsedTime(_checked.At) >= ManagedCertificateSource.Look) _checked = (leaf, configuration, Problem(leaf, configuration), time.GetTimestamp());
        return _checked.Problem;
    }

    private string? Problem(X509Certificate2 leaf, WebhookConfiguration? configuration)
    {
        foreach (var entry in configuration?.Webhooks ?? [])
        {
            var trusted = CaBundle.Read(entry.ClientConfig.CaBundle);
            if (CaBundle.Verifies(leaf, trusted, entry.ClientConfig.HostName, time.GetUtcNow())) continue;
            var why = trusted.Count == 0 ? "has no caBundle" : CaBundle.Verifies(leaf, trusted, host: null, time.GetUtcNow()) ? $"calls {entry.ClientConfig.HostName}, which is no name of the certificate: give it with --dns-name"
                : "has a caBundle that does not vouch for the certificate that is served";
            return $"The entry {entry.Name} of the webhook configuration {configurationName} {why}";
        }

        return null;
    }

    private void Exists(bool exists)
    {
        if (_exists == exists) return;
        if (!exists) CertificateLog.ConfigurationAbsent(logger, configurationName);
        else if (_exists is not null) CertificateLog.ConfigurationThere(logger, configurationName);
        _exists = exists;
    }
}
