using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Spanhook.Load.Serving;

/// <summary>What caBundle is to an API server: the authorities of a PEM file, read again when the file has changed. Nothing else is trusted.</summary>
internal sealed class TlsTrust(string authorityFile)
{
    private readonly Lock _lock = new();
    private DateTime _read;
    private SslClientAuthenticationOptions? _options;

    /// <summary>The same object as long as the file is, so that OpenSSL's part of it is made once. Sessions are not resumed: the server has none for later, as little as an API server would ask for one.</summary>
    public SslClientAuthenticationOptions Options()
    {
        var written = File.GetLastWriteTimeUtc(authorityFile);
        lock (_lock)
        {
            if (_options is not null && written == _read) return _options;
            _read = written;
            return _options = Make();
        }
    }

    /// <summary>A client for single requests, with the same trust.</summary>
    public HttpClient Client(TimeSpan timeout) => new(new SocketsHttpHandler { UseProxy = false, SslOptions = Validating() }) { Timeout = timeout };

    // The file may not exist yet: whom to trust is looked up when a server shows its certificate.
    private SslClientAuthenticationOptions Validating() => new()
    {
        RemoteCertificateValidationCallback = (_, certificate, _, _) => File.Exists(authorityFile) && IsTrusted((X509Certificate2)certificate!),
    };

    private bool IsTrusted(X509Certificate2 certificate)
    {
        using var chain = new X509Chain { ChainPolicy = Policy() };
        return chain.Build(certificate);
    }

    private SslClientAuthenticationOptions Make() => new() { TargetHost = "localhost", CertificateChainPolicy = Policy() };

    private X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.CustomTrustStore.ImportFromPemFile(authorityFile);
        return policy;
    }
}
