using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spanhook.Server.Certificates;

/// <summary>A certificate that signs others, ECDSA P-256: makes itself, and signs leaves. Without its key, or over, it can still be trusted.</summary>
internal sealed class CertificateAuthority(X509Certificate2 certificate)
{
    /// <summary>Clocks differ: what is made now is valid for an hour already.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromHours(1);

    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    public X509Certificate2 Certificate => certificate;

    /// <summary>Which one it is, for people and for comparing.</summary>
    public string Fingerprint { get; } = FingerprintOf(certificate);

    public bool HasKey => certificate.HasPrivateKey;

    /// <summary>When two thirds of its life are over. Its hour before it was made is none of it.</summary>
    public DateTimeOffset RenewAt => NotAfter - ((NotAfter - NotBefore) is var life && life > Skew ? (life - Skew) / 3 : life / 3);

    public DateTimeOffset NotBefore => new(certificate.NotBefore.ToUniversalTime());

    public DateTimeOffset NotAfter => new(certificate.NotAfter.ToUniversalTime());

    public static string FingerprintOf(X509Certificate2 certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256)[..16].ToUpperInvariant();

    /// <summary>With a new key. The name should differ from that of its predecessor: both are trusted for a while.</summary>
    public static CertificateAuthority Make(string name, DateTimeOffset now, TimeSpan life)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return new CertificateAuthority(request.CreateSelfSigned(now - Skew, now + life));
    }

    /// <summary>Will never sign again; or its beginning is so far away that whoever made it had a wrong clock. One that begins soon is no more than a clock that is late.</summary>
    public bool IsLost(DateTimeOffset now) => !HasKey || NotAfter <= now || NotBefore - now > TimeSpan.FromDays(1);

    /// <summary>Has its key and is valid.</summary>
    public bool CanSign(DateTimeOffset now) => HasKey && NotBefore <= now && now < NotAfter;

    /// <summary>A serving certificate with a key of its own, not longer valid than this authority.</summary>
    /// <param name="names">DNS names and IP addresses.</param>
    /// <param name="validFrom">Its beginning; that of the authority when it is later.</param>
    /// <param name="validUntil">Its end; that of the authority when it is sooner.</param>
    /// <exception cref="CryptographicException">The authority cannot sign.</exception>
    public X509Certificate2 SignLeaf(IReadOnlyList<string> names, DateTimeOffset validFrom, DateTimeOffset validUntil)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=spanhook", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        request.CertificateExtensions.Add(AlternativeNames(names));
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7f;
        var (from, until) = (Later(validFrom, NotBefore), validUntil < NotAfter ? validUntil : NotAfter);
        if (from >= until) throw new CryptographicException($"the authority {Fingerprint} is valid until {NotAfter:u} only");
        try
        {
            using var issued = request.Create(certificate, from, until, serial);
            return issued.CopyWithPrivateKey(key);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            throw new CryptographicException($"the authority {Fingerprint} cannot sign: {e.Message}", e);
        }
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static X509Extension AlternativeNames(IReadOnlyList<string> names)
    {
        var builder = new SubjectAlternativeNameBuilder();
        foreach (var name in names.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            if (IPAddress.TryParse(name, out var address)) builder.AddIpAddress(address);
            else builder.AddDnsName(name);
        }

        return builder.Build();
    }
}
