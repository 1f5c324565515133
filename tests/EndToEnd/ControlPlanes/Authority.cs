using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spanhook.EndToEnd.ControlPlanes;

/// <summary>The certificate authority of one control plane, made for one run; everything it signs is written to its folder.</summary>
internal sealed class Authority : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);
    private const string ClientUsage = "1.3.6.1.5.5.7.3.2";
    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";

    private readonly string _folder;
    private readonly X509Certificate2 _certificate;

    public Authority(string folder)
    {
        _folder = folder;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=spanhook-test-ca", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = DateTimeOffset.UtcNow;
        _certificate = request.CreateSelfSigned(now.AddHours(-1), now + Lifetime);
        File.WriteAllText(CertificateFile, _certificate.ExportCertificatePem());
    }

    public string CertificateFile => Path.Combine(_folder, "ca.crt");

    public byte[] CertificatePem => File.ReadAllBytes(CertificateFile);

    /// <summary>Who may do everything.</summary>
    public KeyPair IssueAdmin() => Issue("admin", new X500DistinguishedName("O=system:masters,CN=admin"), ClientUsage);

    /// <summary>A server on loopback.</summary>
    public KeyPair IssueServer(string name) => Issue(name, new X500DistinguishedName("CN=" + name), ServerUsage);

    /// <summary>The keys of service account tokens.</summary>
    public KeyPair IssueServiceAccountKeys()
    {
        using var key = RSA.Create(2048);
        var pair = new KeyPair(Path.Combine(_folder, "sa.pub"), Path.Combine(_folder, "sa.key"));
        File.WriteAllText(pair.PublicFile, key.ExportSubjectPublicKeyInfoPem());
        File.WriteAllText(pair.KeyFile, key.ExportRSAPrivateKeyPem());
        return pair;
    }

    public void Dispose() => _certificate.Dispose();

    private KeyPair Issue(string name, X500DistinguishedName subject, string usage)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = DateTimeOffset.UtcNow;
        using var signed = request.Create(_certificate, now.AddMinutes(-30), now + (Lifetime / 2), RandomNumberGenerator.GetBytes(16));
        var pair = new KeyPair(Path.Combine(_folder, name + ".crt"), Path.Combine(_folder, name + ".key"));
        File.WriteAllText(pair.PublicFile, signed.ExportCertificatePem());
        File.WriteAllText(pair.KeyFile, key.ExportPkcs8PrivateKeyPem());
        return pair;
    }
}

/// <summary>Files with a certificate (or public key) and its private key.</summary>
internal sealed record KeyPair(string PublicFile, string KeyFile);
