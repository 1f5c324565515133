using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Spanhook.KubeClient.Configuration;

namespace Spanhook.KubeClient.Connection;

/// <summary>What is shown to the API server now. No record: its text would show the token.</summary>
internal sealed class Credential(string? token, ClientCertificate? certificate)
{
    public string? Token => token;

    public ClientCertificate? Certificate => certificate;

    public bool IsSameAs(Credential other) => token == other.Token && certificate?.Pem == other.Certificate?.Pem;
}

/// <summary>A client certificate with its key, made once for each text.</summary>
internal sealed class ClientCertificate
{
    private ClientCertificate(string pem, X509Certificate2Collection chain) => (Pem, Chain) = (pem, chain);

    /// <summary>The text it was made of, which tells it from others.</summary>
    public string Pem { get; }

    /// <summary>The certificate with its key first, then its issuers as far as they were given.</summary>
    public X509Certificate2Collection Chain { get; }

    public static ClientCertificate Parse(string certificate, string key, string field)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(certificate);
            var leaf = X509Certificate2.CreateFromPem(certificate, key);

            // The TLS of Windows takes no key that is in memory only.
            if (OperatingSystem.IsWindows()) leaf = X509CertificateLoader.LoadPkcs12(leaf.Export(X509ContentType.Pkcs12), password: null);
            chain[0] = leaf;
            return new ClientCertificate(certificate + key, chain);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new ApiServerException(0, ApiServerException.Unreachable, $"{field}: no usable pair of certificate and key: {e.Message}", inner: e);
        }
    }
}

/// <summary>A PEM that may change while we run.</summary>
internal sealed class CurrentPem(PemSource source, TimeProvider time)
{
    private readonly WatchedFile? _file = source.File is null ? null : new WatchedFile(source.File, source.Field, time);

    public string Field => source.Field;

    public string Text() => source.Text ?? _file!.Text();

    public void Forget() => _file?.Forget();
}
