using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Spanhook.Server.Admission;
using Spanhook.Server.Hosting.Clients;
using Spanhook.Server.Hosting.Connections;

namespace Spanhook.Server.Hosting;

/// <summary>The port that API servers call: TLS, and the limits on whoever calls it.</summary>
internal static class HttpsEndpoint
{
    // Forward secrecy and authenticated encryption: the defaults of .NET still have CBC. On Windows the system's policy decides.
    private static readonly CipherSuitesPolicy? Ciphers = OperatingSystem.IsWindows() ? null : new(
    [
        TlsCipherSuite.TLS_AES_128_GCM_SHA256, TlsCipherSuite.TLS_AES_256_GCM_SHA384, TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ]);

    /// <summary>Slow or silent clients are given up, and none may hold much.</summary>
    public static void Configure(KestrelServerOptions kestrel, ServingOptions options)
    {
        kestrel.AddServerHeader = false;
        Limit(kestrel.Limits);
        var services = kestrel.ApplicationServices;
        var (certificate, clients, keeper) = (services.GetRequiredService<ServedCertificate>(), services.GetRequiredService<ClientCheck>(), services.GetRequiredService<ConnectionKeeper>());
        kestrel.ListenOn(options.Listen, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.Use(keeper.Keep);
            listen.UseHttps(new TlsHandshakeCallbackOptions
            {
                HandshakeTimeout = TimeSpan.FromSeconds(5),
                OnConnection = connection => ValueTask.FromResult(Handshake(certificate, clients, connection)),
            });
        });
    }

    private static void Limit(KestrelServerLimits limits)
    {
        limits.MaxRequestBodySize = MutateEndpoint.MaxBody;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(2));

        // For who asks and does not read. Kestrel gives each byte its time and adds them up, megabytes in the buffers of both ends included.
        limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 256 * 1024, gracePeriod: TimeSpan.FromSeconds(5));
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(90);
        limits.MaxConcurrentConnections = ConnectionKeeper.Most;
        limits.MaxRequestHeaderCount = 50;
        limits.MaxRequestHeadersTotalSize = 16 * 1024;
        limits.Http2.MaxStreamsPerConnection = 100;

        // Finds the other end gone without a word, which holds a connection and its window.
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(10);
    }

    private static SslServerAuthenticationOptions Handshake(ServedCertificate certificate, ClientCheck clients, TlsHandshakeCallbackContext connection)
    {
        var handshake = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificate.Current,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CipherSuitesPolicy = Ciphers,
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        };
        clients.Ask(handshake, connection.Connection.Features);
        return handshake;
    }
}
