using System.Net;
using System.Security.Authentication;
using Spanhook.Server.Tests.Support;

namespace Spanhook.Server.Tests.Hosting;

/// <summary>HTTP and TLS, as any client may speak them.</summary>
public sealed class HttpTests(SharedWebhook shared) : IClassFixture<SharedWebhook>
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 0)]
    public async Task A_pod_is_injected_over_HTTP_1_and_HTTP_2(int major, int minor)
    {
        var version = new Version(major, minor);
        var reply = (await shared.Server.PostAsync(Reviews.Java(), version)).AssertInjected();
        Assert.Equal(version, reply.Version);
        var spec = reply.Applied(Reviews.JavaPod())["spec"]!;
        Assert.Contains("-javaagent:", spec["containers"]![0]!["env"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Single(spec["initContainers"]!.AsArray());
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("HEAD")]
    [InlineData("OPTIONS")]
    public async Task Only_POST_is_answered(string method) =>
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await shared.Server.SendAsync(new HttpMethod(method), "/mutate-v1-pod")).Status);

    [Theory]
    [InlineData("/")]
    [InlineData("/mutate")]
    [InlineData("/mutate-v1-pod/x")]
    [InlineData("/mutate-v1-pod/../etc/passwd")]
    [InlineData("/validate-v1-pod")]
    public async Task Another_path_is_not_found(string path)
    {
        var reply = await shared.Server.SendAsync(HttpMethod.Post, path, content: new StringContent("{}"));
        Assert.Equal(HttpStatusCode.NotFound, reply.Status);
        Assert.Equal("", reply.Text);
    }

    [Fact]
    public async Task A_query_such_as_the_API_server_adds_changes_nothing()
    {
        var content = new StringContent(Reviews.Java().ToJsonString(), new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
        (await shared.Server.SendAsync(HttpMethod.Post, "/mutate-v1-pod?timeout=10s", content: content)).AssertInjected();
    }

    [Theory]
    [InlineData("/livez")]
    [InlineData("/readyz")]
    public async Task The_probes_say_ok(string path)
    {
        var reply = await shared.Server.SendAsync(HttpMethod.Get, path);
        Assert.Equal((HttpStatusCode.OK, "ok\n"), (reply.Status, reply.Text));
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task TLS_1_2_and_1_3_are_spoken(SslProtocols protocol) => Assert.Equal(protocol, await HandshakeAsync(protocol));

    [Theory]
#pragma warning disable CA5397, CS0618, SYSLIB0039 // what is tested is that nobody may use them
    [InlineData(SslProtocols.Tls)]
    [InlineData(SslProtocols.Tls11)]
    [InlineData(SslProtocols.Tls | SslProtocols.Tls11)]
#pragma warning restore CA5397, CS0618, SYSLIB0039
    public async Task Older_TLS_is_refused(SslProtocols protocol)
    {
        // Another client library may refuse by itself, another server may close the connection: no handshake in any case.
        var failure = await Record.ExceptionAsync(() => HandshakeAsync(protocol));
        Assert.True(failure is AuthenticationException or IOException, failure?.ToString() ?? "a handshake");
        await shared.Server.AssertServesAsync();
    }

    [Fact]
    public async Task Plain_HTTP_is_not_answered_and_harms_nobody()
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        var plain = new UriBuilder(shared.Server.Url) { Scheme = "http" }.Uri;
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetAsync(new Uri(plain, "/livez"), TestContext.Current.CancellationToken));
        await shared.Server.AssertServesAsync();
    }

    [Fact]
    public async Task A_client_that_trusts_another_authority_does_not_connect()
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        var failure = await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetAsync(new Uri(shared.Server.Url, "/livez"), TestContext.Current.CancellationToken));
        Assert.IsType<AuthenticationException>(failure.InnerException);
    }

    [Fact]
    public async Task A_connection_dropped_in_the_middle_of_a_request_harms_nobody()
    {
        for (var i = 0; i < 20; i++)
        {
            using var stream = await shared.Server.ConnectAsync(SslProtocols.None);
            await stream.WriteAsync("POST /mutate-v1-pod HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"kind\":"u8.ToArray(), TestContext.Current.CancellationToken);
        }

        await shared.Server.AssertServesAsync();
    }

    [Fact]
    public async Task Many_at_once_are_each_answered_with_their_own_uid()
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, 300).Select(async i =>
        {
            var review = Reviews.Java();
            review["request"]!["uid"] = $"uid-{i}";
            return (Uid: $"uid-{i}", Reply: await shared.Server.PostAsync(review, i % 3 == 0 ? HttpVersion.Version11 : HttpVersion.Version20));
        }));
        Assert.All(replies, entry => Assert.True(entry.Reply.AssertAllowed(entry.Uid).Patch.Length > 0));
        Assert.Single(replies.Select(entry => Convert.ToBase64String(entry.Reply.Patch)).Distinct(StringComparer.Ordinal));
    }

    private async Task<SslProtocols> HandshakeAsync(SslProtocols protocol)
    {
        using var stream = await shared.Server.ConnectAsync(protocol);
        return stream.SslProtocol;
    }
}
