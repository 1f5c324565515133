using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Spanhook.Load.Abuse;

/// <summary>Connections of somebody who means no good.</summary>
internal static class RawConnection
{
    /// <summary>A TLS connection, or null when the server does not want it.</summary>
    public static async Task<SslStream?> TryTlsAsync(IPEndPoint server, SslApplicationProtocol? protocol, CancellationToken cancellation)
    {
        var socket = await TcpAsync(server, cancellation);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
#pragma warning disable CA5359 // an attacker does not care who answers
            var options = new SslClientAuthenticationOptions { TargetHost = "localhost", RemoteCertificateValidationCallback = (_, _, _, _) => true };
#pragma warning restore CA5359
            if (protocol is { } wanted) options.ApplicationProtocols = [wanted];
            await stream.AuthenticateAsClientAsync(options, cancellation);
            return stream;
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            await stream.DisposeAsync();
            return null;
        }
    }

    public static async Task<Socket> TcpAsync(IPEndPoint server, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server, cancellation);
        return socket;
    }

    /// <summary>Reads and throws away until the server ends the connection; true when it did so in time.</summary>
    public static async Task<bool> EndsAsync(Stream stream, TimeSpan patience, CancellationToken cancellation)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        late.CancelAfter(patience);
        var buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer, late.Token) > 0)
            {
                // What it says is of no interest.
            }

            return true;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }
}
