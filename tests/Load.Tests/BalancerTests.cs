using System.Net;
using System.Net.Sockets;
using Spanhook.Load.Balancing;

namespace Spanhook.Load.Tests;

/// <summary>What a Service does to connections, with backends that say their name and then repeat what they hear.</summary>
public sealed class BalancerTests : IDisposable
{
    private readonly Backend _a = new((byte)'a');
    private readonly Backend _b = new((byte)'b');

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task New_connections_go_to_all_endpoints()
    {
        using var balancer = new Balancer(_a.Address, _b.Address);
        var names = new List<char>();
        for (var i = 0; i < 10; i++) names.Add((await ConnectAsync(balancer)).Name);
        Assert.Equal((5, 5), (names.Count(n => n == 'a'), names.Count(n => n == 'b')));
    }

    [Fact]
    public async Task A_connection_stays_when_its_endpoint_is_taken_away_and_new_ones_go_elsewhere()
    {
        using var balancer = new Balancer(_a.Address);
        var (kept, _) = await ConnectAsync(balancer);
        balancer.Add(_b.Address);
        balancer.Remove(_a.Address);
        Assert.Equal("still here", await EchoAsync(kept, "still here"));
        Assert.Equal('b', (await ConnectAsync(balancer)).Name);
        Assert.Equal('b', (await ConnectAsync(balancer)).Name);
        Assert.Equal(1, balancer.Flows(_a.Address));
    }

    [Fact]
    public async Task An_endpoint_where_nobody_listens_refuses_the_connection()
    {
        using var balancer = new Balancer(_a.Address);
        _a.Dispose();
        await AssertRefusedAsync(balancer);
    }

    [Fact]
    public async Task Without_endpoints_connections_are_refused()
    {
        using var balancer = new Balancer(_a.Address);
        balancer.Remove(_a.Address);
        await AssertRefusedAsync(balancer);
    }

    [Fact]
    public async Task Silence_holds_everything_back_and_loses_nothing()
    {
        using var balancer = new Balancer(_a.Address);
        var (stream, _) = await ConnectAsync(balancer);
        balancer.IsSilent = true;
        await stream.WriteAsync("x"u8.ToArray(), Cancellation);
        var answer = new byte[1];
        var read = stream.ReadExactlyAsync(answer, Cancellation).AsTask();
        // Another way to the same backend has gone there and back meanwhile: it is not slowness that holds the byte back.
        using (var other = new Balancer(_a.Address)) Assert.Equal("round", await EchoAsync((await ConnectAsync(other)).Stream, "round"));
        Assert.False(read.IsCompleted);
        balancer.IsSilent = false;
        await read;
        Assert.Equal((byte)'x', answer[0]);
    }

    [Fact]
    public async Task A_cut_resets_every_connection()
    {
        using var balancer = new Balancer(_a.Address);
        var (stream, _) = await ConnectAsync(balancer);
        balancer.Cut();
        await Assert.ThrowsAnyAsync<IOException>(() => stream.ReadExactlyAsync(new byte[1], Cancellation).AsTask());
    }

    [Fact]
    public async Task The_end_of_one_direction_is_passed_on_and_the_other_stays_open()
    {
        using var balancer = new Balancer(_a.Address);
        var (stream, _) = await ConnectAsync(balancer);
        await stream.WriteAsync("last"u8.ToArray(), Cancellation);
        stream.Socket.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(stream);
        Assert.Equal("last", await reader.ReadToEndAsync(Cancellation));
    }

    public void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
    }

    private static async Task AssertRefusedAsync(Balancer balancer) => Assert.True(await Record.ExceptionAsync(() => ConnectAsync(balancer)) is IOException or SocketException);

    private static async Task<(NetworkStream Stream, char Name)> ConnectAsync(Balancer balancer)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(balancer.Address, Cancellation);
        var stream = new NetworkStream(socket, ownsSocket: true);
        var name = new byte[1];
        await stream.ReadExactlyAsync(name, Cancellation);
        return (stream, (char)name[0]);
    }

    private static async Task<string> EchoAsync(NetworkStream stream, string text)
    {
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(text), Cancellation);
        var answer = new byte[text.Length];
        await stream.ReadExactlyAsync(answer, Cancellation);
        return System.Text.Encoding.ASCII.GetString(answer);
    }

    private sealed class Backend : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public Backend(byte name)
        {
            _listener.Start();
            Address = (IPEndPoint)_listener.LocalEndpoint;
            _ = AcceptAsync(name);
        }

        public IPEndPoint Address { get; }

        public void Dispose() => _listener.Dispose();

        private async Task AcceptAsync(byte name)
        {
            while (true)
            {
                try
                {
                    _ = EchoAsync(await _listener.AcceptSocketAsync(), name);
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException)
                {
                    return;
                }
            }
        }

        private static async Task EchoAsync(Socket socket, byte name)
        {
            using var stream = new NetworkStream(socket, ownsSocket: true);
            await stream.WriteAsync(new[] { name });
            try
            {
                await stream.CopyToAsync(stream);
            }
            catch (IOException)
            {
                // The test cut it.
            }
        }
    }
}
