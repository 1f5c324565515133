using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Spanhook.Server.Files;
using Spanhook.Server.Telemetry;

namespace Spanhook.Server.Certificates;

/// <summary>
/// <c>tls.crt</c> and <c>tls.key</c> of a folder, as cert-manager and a mounted Secret lay them out. Looked at again every few seconds, by the
/// handshake that comes first; a pair that does not fit, or is over, keeps the one before.
/// </summary>
internal sealed class FolderCertificateSource : ICertificateSource
{
    private readonly string _certificateFile;
    private readonly string _keyFile;
    private readonly ILogger<FolderCertificateSource> _logger;
    private readonly TimeProvider _time;
    private readonly FilesInUse<SslStreamCertificateContext> _inUse;

    /// <exception cref="CryptographicException">The pair does not fit, or is over.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public FolderCertificateSource(string folder, ILogger<FolderCertificateSource> logger, TimeProvider time)
    {
        (_certificateFile, _keyFile) = (Path.Combine(folder, "tls.crt"), Path.Combine(folder, "tls.key"));
        (_logger, _time) = (logger, time);
        _inUse = new([_certificateFile, _keyFile], Load, why => Log.KeptCertificate(logger, folder, why), time);
    }

    public SslStreamCertificateContext Current => _inUse.Current;

    public void Dispose()
    {
        // The context may still serve a connection; the process ends next.
    }

    private SslStreamCertificateContext Load()
    {
        using var pair = ReadPair();
        if (pair.NotAfter.ToUniversalTime() <= _time.GetUtcNow().UtcDateTime)
            throw new CryptographicException($"{_certificateFile} ended on {pair.NotAfter.ToUniversalTime():u}: no client would take it");
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(_certificateFile);
        Log.Certificate(_logger, pair.Subject, pair.NotAfter.ToUniversalTime());
        return SslStreamCertificateContext.Create(new X509Certificate2(pair), chain, offline: true);
    }

    private X509Certificate2 ReadPair()
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(_certificateFile, _keyFile);
        }
        catch (ArgumentException e)
        {
            throw new CryptographicException($"{_keyFile} is not the key of {_certificateFile}", e);
        }
    }
}
