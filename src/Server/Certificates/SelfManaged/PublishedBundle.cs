using System.Security.Cryptography.X509Certificates;

namespace Spanhook.Server.Certificates.SelfManaged;

/// <summary>
/// The caBundle as the webhook configuration has it, and for how long each authority has been seen in it. Time here is what passed in this
/// process, never a difference of wall clocks: those jump, and differ from replica to replica.
/// </summary>
internal sealed class PublishedBundle(TimeProvider time)
{
    /// <summary>Nothing is known of the time between two looks that are further apart.</summary>
    public static readonly TimeSpan Gap = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, long> _since = new(StringComparer.Ordinal);
    private IReadOnlyList<IReadOnlyList<X509Certificate2>> _entries = [];
    private long _looked;

    /// <summary>The last look succeeded.</summary>
    public bool IsFresh { get; private set; }

    /// <summary>As read last; null when it does not exist, or was never read.</summary>
    public WebhookConfiguration? Configuration { get; private set; }

    /// <summary>The configuration does not exist, or calls nobody.</summary>
    public bool IsAbsent => IsFresh && _entries.Count == 0;

    /// <summary>Every authority of any entry.</summary>
    public IReadOnlyList<X509Certificate2> Certificates => [.. _entries.SelectMany(entry => entry).DistinctBy(CertificateAuthority.FingerprintOf, StringComparer.Ordinal)];

    /// <param name="configuration">Null when it does not exist.</param>
    public void Observe(WebhookConfiguration? configuration)
    {
        var now = time.GetTimestamp();
        if (_since.Count > 0 && time.GetElapsedTime(_looked, now) > Gap) _since.Clear();
        (_looked, IsFresh, Configuration) = (now, true, configuration);
        _entries = [.. (configuration?.Webhooks ?? []).Select(entry => CaBundle.Read(entry.ClientConfig.CaBundle))];
        var everywhere = Certificates.Select(CertificateAuthority.FingerprintOf).Where(Contains).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in _since.Keys.Where(fingerprint => !everywhere.Contains(fingerprint)).ToList()) _since.Remove(gone);
        foreach (var fingerprint in everywhere) _since.TryAdd(fingerprint, now);
    }

    /// <summary>The look failed: what was seen last still tells what is probably trusted, but nothing of how long.</summary>
    public void Miss() => IsFresh = false;

    /// <summary>Whether every entry has it.</summary>
    public bool Contains(string fingerprint) => _entries.Count > 0 && _entries.All(entry => entry.Any(c => CertificateAuthority.FingerprintOf(c) == fingerprint));

    /// <summary>For how long every look has found it in every entry; zero when the last one did not.</summary>
    public TimeSpan SeenFor(string fingerprint) => IsFresh && _since.TryGetValue(fingerprint, out var since) ? time.GetElapsedTime(since) : TimeSpan.Zero;

    /// <summary>Whether every entry has these and no others.</summary>
    public bool IsExactly(IReadOnlyList<X509Certificate2> certificates)
    {
        var wanted = certificates.Select(CertificateAuthority.FingerprintOf).ToHashSet(StringComparer.Ordinal);
        return _entries.All(entry => wanted.SetEquals(entry.Select(CertificateAuthority.FingerprintOf)));
    }
}
