using System.Net;
using System.Net.Sockets;

namespace Spanhook.Load.Balancing;

/// <summary>One connection through the balancer. Bytes are passed on in both directions; the end of one direction is passed on too, and so is a reset.</summary>
internal sealed class Flow(Socket client, IPEndPoint endpoint) : IDisposable
{
    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly Lock _lock = new();
    private TaskCompletionSource? _silence;

    public IPEndPoint Endpoint { get; } = endpoint;

    public bool IsSilent
    {
        get => _silence is not null;
        set
        {
            lock (_lock)
            {
                if (value == IsSilent) return;
                _silence?.SetResult();
                _silence = value ? new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) : null;
            }
        }
    }

    /// <summary>Until both directions have ended.</summary>
    public async Task RunAsync()
    {
        client.NoDelay = true;
        try
        {
            await HearAsync();
            await _server.ConnectAsync(Endpoint);
            await Task.WhenAll(PassAsync(client, _server), PassAsync(_server, client));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Reset();
        }
    }

    public void Reset()
    {
        IsSilent = false;
        foreach (var socket in (Socket[])[client, _server])
        {
            try
            {
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // It is closed already.
            }

            socket.Dispose();
        }
    }

    public void Dispose()
    {
        IsSilent = false;
        client.Dispose();
        _server.Dispose();
    }

    // The other direction waits for bytes of its own: a failure here has to end it.
    private async Task PassAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (true)
            {
                var count = await from.ReceiveAsync(buffer, SocketFlags.None);
                await HearAsync();
                if (count == 0) break;
                for (var sent = 0; sent < count;) sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), SocketFlags.None);
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Reset();
        }
    }

    private Task HearAsync()
    {
        lock (_lock) return _silence?.Task ?? Task.CompletedTask;
    }
}
