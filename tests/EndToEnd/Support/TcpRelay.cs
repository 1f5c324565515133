using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Spanhook.EndToEnd.Support;

/// <summary>
/// What stands between a client and its servers and can fail: it passes bytes on, cuts, or lets nothing through. Connections go to the servers in
/// turn, and past those that do not listen, as with a Service of Kubernetes.
/// </summary>
internal sealed class TcpRelay : IAsyncDisposable
{
    private readonly int[] _targets;
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Socket, Socket> _pairs = new();
    private readonly Task _accepting;
    private int _accepted;
    private volatile bool _isClosed;

    /// <param name="port">Where it listens; 0 for a free one.</param>
    /// <param name="targets">Ports of loopback.</param>
    public TcpRelay(int port, params int[] targets)
    {
        _targets = targets;
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many connections it took in all.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Ends every connection, as a restarted load balancer does.</summary>
    public void Cut()
    {
        foreach (var (client, upstream) in _pairs)
        {
            client.Dispose();
            upstream.Dispose();
        }
    }

    /// <summary>Cuts, and ends what comes, until <see cref="Open"/>.</summary>
    public void Close()
    {
        _isClosed = true;
        Cut();
    }

    public void Open() => _isClosed = false;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting;
        _stop.Dispose();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                var client = await _listener.AcceptSocketAsync(_stop.Token);
                if (_isClosed) client.Dispose();
                else _ = PassAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task PassAsync(Socket client)
    {
        var first = Interlocked.Increment(ref _accepted);
        Socket? upstream = null;
        try
        {
            for (var i = 0; i < _targets.Length && upstream is null; i++) upstream = await ConnectAsync(_targets[(first + i) % _targets.Length]);
            if (upstream is null) return;
            _pairs[client] = upstream;
            await Task.WhenAny(CopyAsync(client, upstream), CopyAsync(upstream, client));
        }
        finally
        {
            _pairs.TryRemove(client, out _);
            upstream?.Dispose();
            client.Dispose();
        }
    }

    private static async Task<Socket?> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose(); // nobody listens there now
            return null;
        }
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[32 * 1024];
        try
        {
            for (int count; (count = await from.ReceiveAsync(buffer)) > 0;)
                for (var sent = 0; sent < count;) sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut.
        }
    }
}
