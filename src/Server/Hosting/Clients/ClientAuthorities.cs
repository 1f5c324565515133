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
    private readonly string _file;
    private readonly ILogger _logger;
    private readonly FilesInUse<X509Certificate2Collection> _inUse;

    /// <exception cref="CryptographicException">The file has no certificate, or one that cannot be read.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public ClientAuthorities(string file, ILogger logger, TimeProvider time)
    {
        (_file, _logger) = (file, logger);
        _inUse = new([file], Load, why => ServingLog.KeptClientAuthorities(logger, file, why), time);
    }

    public X509Certificate2Collection Current => _inUse.Current;

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
}
