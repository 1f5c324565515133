using System.Security.Cryptography.X509Certificates;

namespace Spanhook.Server.Certificates.SelfManaged;

/// <summary>Where a rotation of the authority stands. It follows from what the Secret holds.</summary>
internal enum CaPhase
{
    /// <summary>One authority signs, and is trusted alone.</summary>
    Steady,

    /// <summary>The next one is made known: in caBundle beside the current one, which still signs.</summary>
    Publishing,

    /// <summary>The new one signs; the one before is trusted until nobody serves a leaf of it.</summary>
    Retiring,
}

/// <summary>The authorities of the Secret. Each of them is trusted; the current one signs.</summary>
internal sealed record CaState
{
    public static readonly CaState Empty = new();

    /// <summary>Signs. Null before the first, and when it was lost; without a key when only that was lost.</summary>
    public CertificateAuthority? Current { get; init; }

    /// <summary>Will sign, once every API server trusts it.</summary>
    public CertificateAuthority? Next { get; init; }

    /// <summary>Sign no more. Their keys are gone already.</summary>
    public IReadOnlyList<X509Certificate2> Previous { get; init; } = [];

    public CaPhase Phase => Next is not null ? CaPhase.Publishing : Previous.Count > 0 ? CaPhase.Retiring : CaPhase.Steady;

    /// <summary>What caBundle has to hold: no more and no less. An authority that is over stays its hour too, since a clock may be wrong.</summary>
    public IReadOnlyList<X509Certificate2> Trusted =>
        [.. new[] { Current?.Certificate, Next?.Certificate }.OfType<X509Certificate2>().Concat(Previous).DistinctBy(CertificateAuthority.FingerprintOf, StringComparer.Ordinal)];

    public bool Trusts(string fingerprint) => Trusted.Any(certificate => CertificateAuthority.FingerprintOf(certificate) == fingerprint);

    /// <summary>With more certificates to trust until they are retired.</summary>
    public CaState WithPrevious(IEnumerable<X509Certificate2> certificates) =>
        this with { Previous = [.. Previous.Concat(certificates.Where(c => !Trusts(CertificateAuthority.FingerprintOf(c)))).DistinctBy(CertificateAuthority.FingerprintOf, StringComparer.Ordinal)] };

    public bool IsSameAs(CaState other) => Text() == other.Text();

    private string Text()
    {
        return $"{Of(Current)} {Of(Next)} {string.Join(',', Previous.Select(CertificateAuthority.FingerprintOf))}";

        static string Of(CertificateAuthority? authority) => $"{authority?.Fingerprint}{(authority?.HasKey == true ? "+" : "")}";
    }
}
