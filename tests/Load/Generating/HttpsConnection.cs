using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Spanhook.Load.Generating;

/// <summary>
/// One keep-alive connection as an API server has it: TLS, HTTP/1.1, one request at a time. Blocking, since each sender has a thread of its own:
/// that is the cheapest way there is to have few requests in flight.
/// </summary>
internal sealed class HttpsConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly SslStream _stream;
    private byte[] _received = new byte[16 * 1024];
    private bool _wasUsed;

    /// <exception cref="IOException">It cannot be reached, or ends while hands are shaken.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The certificate is not trusted.</exception>
    public HttpsConnection(EndPoint server, SslClientAuthenticationOptions tls, TimeSpan timeout)
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, SendTimeout = (int)timeout.TotalMilliseconds, ReceiveTimeout = (int)timeout.TotalMilliseconds };
        try
        {
            _socket.Connect(server);
            _stream = new SslStream(new NetworkStream(_socket, ownsSocket: true));
            _stream.AuthenticateAsClient(tls);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The server has closed it, or is about to: nothing may be sent any more. Go's client notices this as well, as it reads ahead on idle
    /// connections; what ends between this look and the request is lost, there and here.
    /// </summary>
    public bool IsOver => _wasUsed && _socket.Poll(0, SelectMode.SelectRead);

    /// <summary>Sends a request and reads its answer, which is valid until the next.</summary>
    public Answer Ask(ReadOnlySpan<byte> request)
    {
        _stream.Write(request);
        var count = 0;
        (int Status, bool Closes, int Head, int Body) head;
        while (!Answer.TryReadHead(_received.AsSpan(0, count), out head)) count += Read(count);
        while (count < head.Head + head.Body) count += Read(count);
        _wasUsed = true;
        return new Answer(head.Status, head.Closes, _received.AsSpan(head.Head, head.Body));
    }

    public void Dispose() => _stream.Dispose();

    private int Read(int count)
    {
        if (count == _received.Length) Array.Resize(ref _received, count * 2);
        var read = _stream.Read(_received, count, _received.Length - count);
        return read > 0 ? read : throw new EndOfStreamException(count == 0 ? "closed before the answer" : "closed within the answer");
    }
}
