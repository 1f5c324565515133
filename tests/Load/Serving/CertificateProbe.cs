using System.Net.Security;
using System.Net.Sockets;

namespace Spanhook.Load.Serving;

/// <summary>Looks at certificates.</summary>
internal static class CertificateProbe
{
    /// <summary>The serial number of the certificate that a new connection gets, which has to be trusted.</summary>
    public static async Task<string> SerialAsync(Webhook webhook, CancellationToken cancellation)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(webhook.Address, cancellation);
        await using var stream = new SslStream(new NetworkStream(socket));
        await stream.AuthenticateAsClientAsync(webhook.Trust.Options(), cancellation);
        return stream.RemoteCertificate!.GetSerialNumberString();
    }
}
