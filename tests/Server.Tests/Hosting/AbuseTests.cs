using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Hosting;
using Spanhook.Server.Tests.Support;
using Spanhook.Support;

namespace Spanhook.Server.Tests.Hosting;

/// <summary>Whoever reaches the port may hold connections and flood them; the next pod is injected all the same.</summary>
public sealed class AbuseTests(SharedWebhook shared) : IClassFixture<SharedWebhook>
{
    private const int Streams = 2000;

    private static readonly Dictionary<string, Func<int, byte[]>> Floods = new(StringComparer.Ordinal)
    {
        ["rapid reset"] = i => [.. Http2Frames.Request((2 * i) + 1), .. Http2Frames.Reset((2 * i) + 1)],
        ["settings"] = _ => Http2Frames.Settings(),
        ["pings"] = _ => Http2Frames.Ping(),
    };

    public static TheoryData<string> FloodNames => [.. Floods.Keys];

    [Fact]
    public void The_limits_are_those_of_the_documentation()
    {
        var limits = shared.Server.Limits;
        Assert.Equal((8 << 20, 2048, 100), (limits.MaxRequestBodySize, limits.MaxConcurrentConnections, limits.Http2.MaxStreamsPerConnection));
        Assert.Equal((TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(90)), (limits.RequestHeadersTimeout, limits.KeepAliveTimeout));
        Assert.Equal((1024, TimeSpan.FromSeconds(2)), (limits.MinRequestBodyDataRate!.BytesPerSecond, limits.MinRequestBodyDataRate.GracePeriod));
    }

    [Fact]
    public async Task Connections_that_never_say_what_they_want_are_ended()
    {
        var silent = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => shared.Server.ConnectPlainAsync()));
        var slow = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => shared.Server.ConnectAsync(SslProtocols.None)));
        foreach (var stream in slow) await stream.WriteAsync("POST /mutate-v1-pod HTTP/1.1\r\nHost: loc"u8.ToArray(), TestContext.Current.CancellationToken);
        await shared.Server.AssertServesAsync();
        foreach (var stream in silent.Concat<Stream>(slow))
        {
            await Webhook.AssertEndsAsync(stream);
            await stream.DisposeAsync();
        }
    }

    [Theory, MemberData(nameof(FloodNames))]
    public async Task A_flood_of_frames_keeps_nobody_else_from_an_answer(string kind)
    {
        var floods = Enumerable.Range(0, 4).Select(_ => FloodAsync(Floods[kind])).ToList();
        for (var i = 0; i < 10; i++) await shared.Server.AssertServesAsync();
        await Task.WhenAll(floods);
        await shared.Server.AssertServesAsync();
    }

    [Fact]
    public async Task Headers_that_go_on_and_on_end_the_connection()
    {
        await using var stream = await ConnectHttp2Async();
        await WriteAsync(stream, Http2Frames.UnfinishedRequest(1));
        for (var i = 0; i < 1000; i++) await WriteAsync(stream, Http2Frames.Continuation(1, size: 100));
        await Webhook.AssertEndsAsync(stream);
        await shared.Server.AssertServesAsync();
    }

    [Fact]
    public async Task More_connections_than_the_limit_are_turned_away_and_those_before_are_served()
    {
        const int limit = 20;
        await using var server = await Webhook.StartAsync(configure: builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxConcurrentConnections = limit));
        await server.AssertServesAsync();
        var idle = new List<SslStream>();
        for (var i = 0; i < limit - 1; i++) idle.Add(await server.ConnectAsync(SslProtocols.None));
        for (var i = 0; i < limit; i++) Assert.True(await Record.ExceptionAsync(() => server.ConnectAsync(SslProtocols.None)) is AuthenticationException or IOException);
        await server.AssertServesAsync();
        foreach (var stream in idle) await stream.DisposeAsync();
    }

    [Theory]
    [InlineData(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, true)]
    [InlineData(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, true)]
    [InlineData(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, true)]
    [InlineData(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, false)]
    [InlineData(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384, false)]
    [InlineData(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, false)]
    public async Task Only_authenticated_ciphers_are_spoken(TlsCipherSuite cipher, bool isSpoken)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("on Windows the system's policy decides");
        var failure = await Record.ExceptionAsync(async () =>
        {
            await using var stream = await shared.Server.ConnectAsync(SslProtocols.Tls12, options => options.CipherSuitesPolicy = OnlyOf(cipher));
            Assert.Equal(cipher, stream.NegotiatedCipherSuite);
        });
        Assert.True(isSpoken ? failure is null : failure is AuthenticationException or IOException, failure?.ToString() ?? "a handshake");
    }

#pragma warning disable CA1416 // the test is skipped on Windows
    private static CipherSuitesPolicy OnlyOf(TlsCipherSuite cipher) => new([cipher]);
#pragma warning restore CA1416

    private async Task FloodAsync(Func<int, byte[]> frames)
    {
        await using var stream = await ConnectHttp2Async();
        for (var i = 0; i < Streams; i++)
        {
            if (!await WriteAsync(stream, frames(i))) return;
        }
    }

    /// <summary>False when the server ended the connection, which is its good right.</summary>
    private static async Task<bool> WriteAsync(SslStream stream, byte[] bytes)
    {
        try
        {
            await stream.WriteAsync(bytes, TestContext.Current.CancellationToken);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private async Task<SslStream> ConnectHttp2Async()
    {
        var stream = await shared.Server.ConnectAsync(SslProtocols.None, options => options.ApplicationProtocols = [SslApplicationProtocol.Http2]);
        await stream.WriteAsync(Http2Frames.Preface, TestContext.Current.CancellationToken);
        return stream;
    }
}
