using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spanhook.Load.Serving;

/// <summary>
/// An authority and a leaf as a mounted Secret has them: <c>tls.crt</c>, <c>tls.key</c> and <c>ca.crt</c> are links into a folder that is swapped
/// whole, so that nobody sees half of a change.
/// </summary>
internal sealed class CertificateFolder : IDisposable
{
    private const string Data = "..data";

    private readonly X509Certificate2 _authority;
    private int _version;

    public CertificateFolder(string folder)
    {
        Folder = folder;
        _authority = Authority();
        Directory.CreateDirectory(folder);
        Rotate();
        foreach (var file in (string[])["tls.crt", "tls.key", "ca.crt"]) File.CreateSymbolicLink(Path.Combine(folder, file), Path.Combine(Data, file));
    }

    public string Folder { get; }

    /// <summary>A new leaf of the same authority.</summary>
    public void Rotate()
    {
        var name = $"..{++_version}";
        var version = Directory.CreateDirectory(Path.Combine(Folder, name)).FullName;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leaf = Leaf(key);
        File.WriteAllText(Path.Combine(version, "tls.crt"), leaf.ExportCertificatePem() + "\n");
        File.WriteAllText(Path.Combine(version, "tls.key"), key.ExportPkcs8PrivateKeyPem() + "\n");
        File.WriteAllText(Path.Combine(version, "ca.crt"), _authority.ExportCertificatePem() + "\n");
        // A rename over the old link is what makes the swap one step.
        var next = Path.Combine(Folder, "..next");
        File.CreateSymbolicLink(next, name);
        if (Renaming.Over(next, Path.Combine(Folder, Data)) is { } problem) throw new IOException($"the link of the certificates could not be swapped: errno {problem}");
        var old = Path.Combine(Folder, $"..{_version - 2}");
        if (Directory.Exists(old)) Directory.Delete(old, recursive: true);
    }

    public void Dispose()
    {
        _authority.Dispose();
        // The link goes first, or what it leads to would be emptied through it.
        File.Delete(Path.Combine(Folder, Data));
        Directory.Delete(Folder, recursive: true);
    }

    private X509Certificate2 Leaf(ECDsa key)
    {
        var now = TimeProvider.System.GetUtcNow();
        var request = new CertificateRequest("CN=spanhook", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        return request.Create(_authority, now.AddHours(-1), now.AddDays(1), RandomNumberGenerator.GetBytes(16));
    }

    private static X509Certificate2 Authority()
    {
        var now = TimeProvider.System.GetUtcNow();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=authority of a load test", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        return request.CreateSelfSigned(now.AddHours(-2), now.AddDays(2));
    }
}
