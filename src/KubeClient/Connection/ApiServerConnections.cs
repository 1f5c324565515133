using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spanhook.KubeClient.Connection;

/// <summary>
/// The pool of connections to the API server. Trust and client certificate belong to a connection, so a change of either makes a new pool; what
/// runs on the old one ends there.
/// </summary>
internal sealed class ApiServerConnections(ApiServerConfig config, TimeProvider time) : IDisposable
{
    /// <summary>A peer that is gone without a word is noticed after this, or after <see cref="ProbeTimeout"/> more.</summary>
    private static readonly TimeSpan ProbeAfter = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Connections are renewed, so that a new address of the API server is found and no replica keeps all clients.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly CurrentPem? _authority = config.Authority is null ? null : new CurrentPem(config.Authority, time);
    private readonly Lock _lock = new();
    private HttpMessageInvoker? _pool;
    private (string? Authority, string? Certificate) _made;

    /// <exception cref="ApiServerException">The authority cannot be read.</exception>
    public HttpMessageInvoker Pool(ClientCertificate? certificate)
    {
        lock (_lock)
        {
            var wanted = (_authority?.Text(), certificate?.Pem);
            if (_pool is not null && _made == wanted) return _pool;
            var pool = new HttpMessageInvoker(Handler(wanted.Item1, certificate));
            _pool?.Dispose();
            (_pool, _made) = (pool, wanted);
            return pool;
        }
    }

    /// <summary>After a failed handshake: the authority is read again at once.</summary>
    public void DoubtAuthority() => _authority?.Forget();

    public void Dispose() => _pool?.Dispose();

    private SocketsHttpHandler Handler(string? authority, ClientCertificate? certificate)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = ConnectTimeout,
            PooledConnectionLifetime = Lifetime,
            KeepAlivePingDelay = ProbeAfter,
            KeepAlivePingTimeout = ProbeTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectCallback = ConnectAsync,
            UseProxy = !config.IsInCluster,
        };
        if (config.Proxy is not null) handler.Proxy = new WebProxy(config.Proxy);
        var tls = handler.SslOptions;
        if (certificate is not null)
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(certificate.Chain[0], [.. certificate.Chain.Skip(1)], offline: true);
        if (authority is not null) tls.CertificateChainPolicy = TrustOnly(authority);
#pragma warning disable CA5359, MA0039 // asked for by name: insecure-skip-tls-verify
        if (config.InsecureSkipTlsVerify) tls.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359, MA0039
        return handler;
    }

    private X509ChainPolicy TrustOnly(string pem)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw new ApiServerException(0, ApiServerException.Unreachable, $"{_authority!.Field}: cannot be read as certificates: {e.Message}", inner: e);
        }

        return policy.CustomTrustStore.Count > 0
            ? policy
            : throw new ApiServerException(0, ApiServerException.Unreachable, $"{_authority!.Field}: has no certificate: it must hold PEM blocks of CERTIFICATE");
    }

    /// <summary>HTTP/1.1 has no pings: the kernel probes a silent peer instead.</summary>
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, (int)ProbeAfter.TotalSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
            await socket.ConnectAsync(context.DnsEndPoint, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
