using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Spanhook.Server.Telemetry;

namespace Spanhook.Server.Certificates;

/// <summary>
/// <c>tls.crt</c> and <c>tls.key</c> of a folder, as cert-manager and a mounted Secret lay them out. Looked at again every few seconds, by the
/// handshake that comes first; a pair that does not fit keeps the one before.
/// </summary>
internal sealed class FolderCertificateSource : ICertificateSource
{
    /// <summary>How old the certificate in use may be behind the one on disk.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly string _certificateFile;
    private readonly string _keyFile;
    private readonly string _folder;
    private readonly ILogger<FolderCertificateSource> _logger;
    private readonly TimeProvider _time;
    private readonly Lock _reload = new();
    private SslStreamCertificateContext _current;
    private (DateTime, DateTime) _loaded;
    private long _lookAgainAt;

    /// <exception cref="CryptographicException">The pair does not fit.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public FolderCertificateSource(string folder, ILogger<FolderCertificateSource> logger, TimeProvider time)
    {
        _folder = folder;
        _certificateFile = Path.Combine(folder, "tls.crt");
        _keyFile = Path.Combine(folder, "tls.key");
        _logger = logger;
        _time = time;
        _loaded = Times();
        _current = Load();
        LookAgainLater();
    }

    public SslStreamCertificateContext Current
    {
        get
        {
            if (_time.GetTimestamp() < Volatile.Read(ref _lookAgainAt)) return _current;
            lock (_reload)
            {
                if (_time.GetTimestamp() >= _lookAgainAt) LookAgain();
                return _current;
            }
        }
    }

    public void Dispose()
    {
        // The context may still serve a connection; the process ends next.
    }

    private void LookAgain()
    {
        LookAgainLater();
        var times = Times();
        if (times == _loaded) return;
        _loaded = times;
        try
        {
            _current = Load();
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            Log.KeptCertificate(_logger, _folder, e.Message);
        }
    }

    private SslStreamCertificateContext Load()
    {
        using var pair = ReadPair();
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

    private (DateTime, DateTime) Times() => (File.GetLastWriteTimeUtc(_certificateFile), File.GetLastWriteTimeUtc(_keyFile));

    private void LookAgainLater() => Volatile.Write(ref _lookAgainAt, _time.GetTimestamp() + (long)(Interval.TotalSeconds * _time.TimestampFrequency));
}
