using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Spanhook.Server.Hosting;
using Spanhook.Server.Hosting.Connections;
using Spanhook.Server.Tests.Support;
using Spanhook.Support;

namespace Spanhook.Server.Tests.Hosting;

/// <summary>How a connection ends: politely, so that nobody loses a request to it.</summary>
public sealed class ConnectionTests
{
    private static readonly byte[] Probe = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray();

    [Fact]
    public async Task The_last_request_of_a_connection_is_answered_with_connection_close()
    {
        await using var server = await Webhook.StartAsync(options: set => set with { Serving = set.Serving with { ConnectionRequests = 3 } });
        await using var stream = await server.ConnectAsync(SslProtocols.None);
        Assert.False(await ClosesAsync(stream));
        Assert.False(await ClosesAsync(stream));
        Assert.True(await ClosesAsync(stream));
        await Webhook.AssertEndsAsync(stream);
    }

    [Fact]
    public async Task An_old_connection_is_closed_with_its_next_answer_and_a_young_one_is_not()
    {
        var time = new ShiftedTime();
        await using var server = await Webhook.StartAsync(configure: builder => builder.Services.AddSingleton<TimeProvider>(time));
        await using var old = await server.ConnectAsync(SslProtocols.None);
        Assert.False(await ClosesAsync(old));
        time.Advance(TimeSpan.FromSeconds(47));
        Assert.False(await ClosesAsync(old));
        await using var young = await server.ConnectAsync(SslProtocols.None);
        time.Advance(TimeSpan.FromSeconds(26));
        Assert.True(await ClosesAsync(old));
        Assert.False(await ClosesAsync(young));
    }

    [Fact]
    public async Task An_old_HTTP_2_connection_says_goaway_and_its_stream_is_answered()
    {
        await using var server = await Webhook.StartAsync(options: set => set with { Serving = set.Serving with { ConnectionRequests = 2 } });
        for (var i = 0; i < 20; i++) await server.AssertServesAsync();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => server.AssertServesAsync()));
        await using var stream = await server.ConnectAsync(SslProtocols.None, options => options.ApplicationProtocols = [SslApplicationProtocol.Http2]);
        await stream.WriteAsync(Http2Frames.Preface, TestContext.Current.CancellationToken);
        await stream.WriteAsync((byte[])[.. Http2Frames.Request(1), .. Http2Frames.Reset(1), .. Http2Frames.Request(3), .. Http2Frames.Reset(3)], TestContext.Current.CancellationToken);
        await Webhook.AssertEndsAsync(stream);
    }

    [Fact]
    public async Task A_connection_that_asks_nothing_is_closed_before_one_that_did()
    {
        var time = new ShiftedTime();
        await using var server = await Webhook.StartAsync(configure: builder => builder.Services.AddSingleton<TimeProvider>(time));
        await using var used = await server.ConnectAsync(SslProtocols.None);
        Assert.False(await ClosesAsync(used));
        await using var unused = await server.ConnectAsync(SslProtocols.None);
        time.Advance(ConnectionKeeper.Unused);
        server.Services.GetRequiredService<ConnectionKeeper>().CloseUnused();
        await Webhook.AssertEndsAsync(unused);
        Assert.False(await ClosesAsync(used));
    }

    /// <summary>Found by F33: what a crowd held when it was told to go was given back too soon, while it was still there.</summary>
    [Theory]
    [InlineData(3, false)]
    [InlineData(40, true)]
    public async Task Memory_is_given_back_after_a_crowd_that_asked_nothing(int count, bool isUnusual)
    {
        var time = new ShiftedTime();
        await using var server = await Webhook.StartAsync(configure: builder => builder.Services.AddSingleton<TimeProvider>(time));
        var silent = new List<SslStream>();
        for (var i = 0; i < count; i++) silent.Add(await server.ConnectAsync(SslProtocols.None));
        Assert.False(server.Services.GetRequiredService<IdleMemory>().IsUnusual);
        time.Advance(ConnectionKeeper.Unused);
        server.Services.GetRequiredService<ConnectionKeeper>().CloseUnused();
        Assert.Equal(isUnusual, server.Services.GetRequiredService<IdleMemory>().IsUnusual);
        foreach (var stream in silent) await stream.DisposeAsync();
    }

    /// <summary>Found by the soak: what OpenSSL holds for a replaced certificate waited for a collection that did not come.</summary>
    [Fact]
    public async Task Memory_is_given_back_after_a_certificate_was_replaced()
    {
        var time = new ShiftedTime();
        await using var server = await Webhook.StartAsync(configure: builder => builder.Services.AddSingleton<TimeProvider>(time));
        for (var i = 0; i < 2; i++) await (await server.ConnectAsync(SslProtocols.None)).DisposeAsync();
        Assert.False(server.Services.GetRequiredService<IdleMemory>().IsUnusual);
        time.Advance(TimeSpan.FromDays(75)); // of 90: two thirds of its life are over
        // The client's clock does not go with the server's: for it the new one is not valid yet.
        await Assert.ThrowsAsync<AuthenticationException>(() => server.ConnectAsync(SslProtocols.None));
        Assert.True(server.Services.GetRequiredService<IdleMemory>().IsUnusual);
    }

    [Fact]
    public async Task Silent_connections_make_room_for_those_that_ask()
    {
        const int crowd = 20;
        await using var server = await Webhook.StartAsync();
        server.Services.GetRequiredService<ConnectionKeeper>().CrowdedAt = crowd;
        await using var used = await server.ConnectAsync(SslProtocols.None);
        Assert.False(await ClosesAsync(used));
        var silent = new List<SslStream>();
        for (var i = 0; i < 3 * crowd; i++) silent.Add(await server.ConnectAsync(SslProtocols.None));
        foreach (var stream in silent.Take(2 * crowd)) await Webhook.AssertEndsAsync(stream);
        Assert.False(await ClosesAsync(silent[^1]));
        Assert.False(await ClosesAsync(used));
        await server.AssertServesAsync();
        foreach (var stream in silent) await stream.DisposeAsync();
    }

    [Fact]
    public void Connections_of_one_moment_end_at_different_times()
    {
        var jitter = new HashSet<long>();
        for (var i = 0; i < 100; i++) jitter.Add(ConnectionKeeper.EndOf(0, TimeSpan.FromSeconds(60), TimeSpan.TicksPerSecond));
        Assert.InRange(jitter.Count, 90, 100);
        Assert.All(jitter, end => Assert.InRange(TimeSpan.FromTicks(end).TotalSeconds, 48, 72));
        Assert.True(jitter.Max() - jitter.Min() > TimeSpan.FromSeconds(12).Ticks);
        Assert.Equal(long.MaxValue, ConnectionKeeper.EndOf(0, TimeSpan.Zero, TimeSpan.TicksPerSecond));
    }

    [Fact]
    public async Task A_client_that_asks_and_does_not_read_is_given_up()
    {
        await using var server = await Webhook.StartAsync(options: set => set with { Serving = set.Serving with { ConnectionRequests = 0 } });
        var plain = await server.ConnectPlainAsync();
        plain.Socket.ReceiveBufferSize = 4096;
#pragma warning disable CA5359 // the server is in this process
        await using var stream = new SslStream(plain, leaveInnerStreamOpen: false, (_, _, _, _) => true);
#pragma warning restore CA5359
        await stream.AuthenticateAsClientAsync("localhost");
        var many = Enumerable.Repeat(Probe, 1000).SelectMany(bytes => bytes).ToArray();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));

        // The answers fill the buffers of both ends; then the server waits for the client, which costs it a connection for some seconds only.
        var failure = await Record.ExceptionAsync(async () =>
        {
            while (true) await stream.WriteAsync(many, patience.Token);
        });
        Assert.IsType<IOException>(failure);
        await server.AssertServesAsync();
    }

    internal static async Task<bool> ClosesAsync(SslStream stream)
    {
        await stream.WriteAsync(Probe, TestContext.Current.CancellationToken);
        var (buffer, text) = (new byte[4096], "");
        while (!text.Contains("ok\n", StringComparison.Ordinal))
        {
            var read = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken);
            Assert.True(read > 0, "the connection ended: " + text);
            text += Encoding.ASCII.GetString(buffer, 0, read);
        }

        return text.Contains("Connection: close", StringComparison.OrdinalIgnoreCase);
    }
}
