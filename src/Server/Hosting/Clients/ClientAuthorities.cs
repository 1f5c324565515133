using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Spanhook.Server.Files;

namespace Spanhook.Server.Hosting.Clients;

/// <summary>
/// Who may sign a client's certificate: the file of <c>--client-ca</c>, looked at again every few seconds by the handshake that comes first. A file
/// without a certificate keeps the authorities before.
/// </summary>
internal sealed class ClientAuthorities
{
    /// <summary>How old the authorities in use may be behind those on disk.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly string _file;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Lock _reload = new();
    private volatile X509Certificate2Collection _current;
    private string _loaded;
    private long _lookAgainAt;

    /// <exception cref="CryptographicException">The file has no certificate, or one that cannot be read.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public ClientAuthorities(string file, ILogger logger, TimeProvider time)
    {
        (_file, _logger, _time) = (file, logger, time);
        _loaded = Fingerprint();
        _current = Load();
        LookAgainLater();
    }

    public X509Certificate2Collection Current
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

    private void LookAgain()
    {
        LookAgainLater();
        var fingerprint = Fingerprint();
        if (fingerprint == _loaded) return;
        _loaded = fingerprint;
        try
        {
            _current = Load();
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            ServingLog.KeptClientAuthorities(_logger, _file, e.Message);
        }
    }

    private X509Certificate2Collection Load()
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(_file);
        }
        catch (CryptographicException e)
        {
            throw new CryptographicException($"--client-ca {_file}: {e.Message}", e);
        }

        if (authorities.Count == 0) throw new CryptographicException($"--client-ca {_file} has no certificate: give the authorities in PEM (BEGIN CERTIFICATE)");
        ServingLog.ClientAuthorities(_logger, authorities.Count, _file);
        return authorities;
    }

    private string Fingerprint() => ContentFingerprint.Of([_file]);

    private void LookAgainLater() => Volatile.Write(ref _lookAgainAt, _time.GetTimestamp() + (long)(Interval.TotalSeconds * _time.TimestampFrequency));
}
