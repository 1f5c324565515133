using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Spanhook.Server.Certificates.SelfManaged;

/// <summary>Authorities as PEM, one after the other, and whether they vouch for a leaf.</summary>
internal static class CaBundle
{
    public static byte[] Write(IEnumerable<X509Certificate2> certificates) => Encoding.ASCII.GetBytes(string.Concat(certificates.Select(c => c.ExportCertificatePem() + "\n")));

    /// <summary>The authorities among what can be read; empty when nothing can.</summary>
    public static IReadOnlyList<X509Certificate2> Read(ReadOnlySpan<byte> pem)
    {
        if (pem.IsEmpty) return [];
        var read = new List<X509Certificate2>();
        var text = Encoding.UTF8.GetString(pem).AsSpan();
        while (PemEncoding.TryFind(text, out var fields))
        {
            if (text[fields.Label] is "CERTIFICATE" && Parse(text[fields.Location]) is { } certificate) read.Add(certificate);
            text = text[fields.Location.End..];
        }

        return [.. read.DistinctBy(CertificateAuthority.FingerprintOf, StringComparer.Ordinal)];
    }

    public static bool IsAuthority(X509Certificate2 certificate) => certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(e => e.CertificateAuthority);

    /// <summary>Whether a client that trusts only these takes the leaf, as an API server would.</summary>
    public static bool Verifies(X509Certificate2 leaf, IEnumerable<X509Certificate2> trusted, string? host, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(trusted.ToArray());
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        policy.VerificationTimeIgnored = false;
        policy.VerificationTime = now.UtcDateTime;
        policy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1")); // server authentication
        return chain.Build(leaf) && (host is null || leaf.MatchesHostname(host, allowWildcards: false, allowCommonName: false));
    }

    private static X509Certificate2? Parse(ReadOnlySpan<char> pem)
    {
        try
        {
            var certificate = X509Certificate2.CreateFromPem(pem);
            return IsAuthority(certificate) ? certificate : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
