using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spanhook.Server.Certificates;

/// <summary>
/// For trying and developing: an authority and a leaf made in memory, nothing on disk but, if asked, the authority's certificate. The leaf is
/// renewed when two thirds of its life are over; who trusts the authority notices nothing.
/// </summary>
internal sealed class SelfSignedCertificateSource : ICertificateSource
{
    private static readonly TimeSpan LeafLife = TimeSpan.FromDays(90);
    private static readonly TimeSpan AuthorityLife = TimeSpan.FromDays(3650);

    /// <summary>Clocks differ: a certificate is valid for an hour already when it is made.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromHours(1);

    private readonly IReadOnlyList<string> _names;
    private readonly TimeProvider _time;
    private readonly Lock _renewal = new();
    private readonly X509Certificate2 _authority;
    private SslStreamCertificateContext _current;
    private long _renewAt;

    public SelfSignedCertificateSource(IReadOnlyList<string> names, TimeProvider time)
    {
        _names = names;
        _time = time;
        _authority = MakeAuthority(time.GetUtcNow());
        Renew();
    }

    /// <summary>The authority's certificate as PEM: what a client has to trust.</summary>
    public string AuthorityPem => _authority.ExportCertificatePem() + "\n";

    public SslStreamCertificateContext Current
    {
        get
        {
            if (_time.GetUtcNow().UtcTicks < Volatile.Read(ref _renewAt)) return _current;
            lock (_renewal)
            {
                if (_time.GetUtcNow().UtcTicks >= _renewAt) Renew();
                return _current;
            }
        }
    }

    public void Dispose() => _authority.Dispose();

    private static X509Certificate2 MakeAuthority(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=spanhook development authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.CreateSelfSigned(now - Skew, now + AuthorityLife);
    }

    [MemberNotNull(nameof(_current))]
    private void Renew()
    {
        var now = _time.GetUtcNow();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=spanhook", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false)); // server authentication
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        request.CertificateExtensions.Add(AlternativeNames());
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7f;
        using var issued = request.Create(_authority, now - Skew, now + LeafLife, serial);
        var leaf = issued.CopyWithPrivateKey(key);

        // Offline: the chain is known, and an admission must never wait for a download of an intermediate.
        _current = SslStreamCertificateContext.Create(leaf, [], offline: true);

        // Last: whoever reads the new time without the lock must find the new leaf.
        Volatile.Write(ref _renewAt, (now + (LeafLife * 2 / 3)).UtcTicks);
    }

    private X509Extension AlternativeNames()
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        foreach (var name in _names)
        {
            if (IPAddress.TryParse(name, out var address)) names.AddIpAddress(address);
            else names.AddDnsName(name);
        }

        return names.Build();
    }
}
