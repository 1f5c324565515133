using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Spanhook.Server.Cluster;
using Spanhook.Server.Hosting;

namespace Spanhook.Server.Tests.Support;

/// <summary>The server as it is shipped, in this process, on a free loopback port, with TLS; and a client that trusts its authority only.</summary>
internal sealed class Webhook : IAsyncDisposable
{
    /// <summary>Far above what any answer takes on a busy machine: a test that waits this long has found something.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder;
    private readonly WebApplication _app;
    private readonly HttpClient _client;

    private Webhook(TempFolder folder, WebApplication app, LogLines log, string caFile)
    {
        (_folder, _app, Log) = (folder, app, log);
        Authority = X509CertificateLoader.LoadCertificateFromFile(caFile);
        Url = new Uri(app.Urls.Single());
        var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.CertificateChainPolicy = TrustOfAuthority();
        _client = new HttpClient(handler) { BaseAddress = Url, Timeout = Patience };
    }

    public Uri Url { get; }
    public LogLines Log { get; }

    /// <summary>What <c>--ca-out</c> wrote.</summary>
    public X509Certificate2 Authority { get; }

    public IServiceProvider Services => _app.Services;

    public KestrelServerLimits Limits => _app.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;

    public ClusterCache Cluster => _app.Services.GetRequiredService<ClusterCache>();

    public static async Task<Webhook> StartAsync(string cluster = TestCluster.Yaml, Action<WebApplicationBuilder>? configure = null, Func<ServerOptions, ServerOptions>? options = null,
        string? caFile = null)
    {
        var folder = new TempFolder();
        var log = new LogLines();
        caFile ??= folder.PathOf("ca.crt");
        var set = new ServerOptions
        {
            Cluster = new() { Path = folder.Write("cluster.yaml", cluster) },
            Serving = new() { Listen = new IPEndPoint(IPAddress.Loopback, 0) },
            Certificates = new() { CaOut = caFile },
            Log = new() { Level = LogLevel.Trace },
        };
        var app = WebhookServer.Build(options?.Invoke(set) ?? set, TimeProvider.System, builder =>
        {
            builder.Logging.ClearProviders();
            builder.Logging.AddProvider(log);
            builder.Logging.AddFilter<LogLines>("Microsoft", LogLevel.Trace);
            configure?.Invoke(builder);
        });
        await app.StartAsync();
        return new Webhook(folder, app, log, caFile);
    }

    public Task<Reply> PostAsync(JsonNode review, Version? version = null) => PostAsync(review.ToJsonString(), version);

    public Task<Reply> PostAsync(string body, Version? version = null) => PostAsync(Encoding.UTF8.GetBytes(body), version);

    public Task<Reply> PostAsync(byte[] body, Version? version = null, string? contentType = "application/json", string? encoding = null)
    {
        var content = new ByteArrayContent(body);
        if (contentType is not null) content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        if (encoding is not null) content.Headers.ContentEncoding.Add(encoding);
        return SendAsync(HttpMethod.Post, "/mutate-v1-pod", version, content);
    }

    public async Task<Reply> SendAsync(HttpMethod method, string path, Version? version = null, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = content;
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        request.Version = version ?? HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        using var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        return new Reply(response.StatusCode, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsStringAsync(), response.Version);
    }

    /// <summary>A connection of one TLS version, for what an HTTP client does not do.</summary>
    public async Task<SslStream> ConnectAsync(SslProtocols protocol, Action<SslClientAuthenticationOptions>? configure = null)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = "localhost", EnabledSslProtocols = protocol, CertificateChainPolicy = TrustOfAuthority() };
        configure?.Invoke(options);
        var stream = new SslStream(await ConnectPlainAsync(), leaveInnerStreamOpen: false);
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            await stream.AuthenticateAsClientAsync(options, patience.Token);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>A connection before its handshake.</summary>
    public async Task<NetworkStream> ConnectPlainAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(Url.Host, Url.Port);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Reads until the server ends the connection, in whatever way; fails when it does not within <see cref="Patience"/>.</summary>
    public static async Task AssertEndsAsync(Stream stream)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        var rest = new byte[16384];
        try
        {
            while (await stream.ReadAsync(rest, patience.Token) > 0)
            {
                // What it still had to say, such as a GOAWAY.
            }
        }
        catch (IOException)
        {
            // Reset.
        }
    }

    /// <summary>What any hostile request must leave behind: a server that injects the next pod.</summary>
    public async Task AssertServesAsync() => (await PostAsync(Reviews.Java())).AssertInjected();

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        Authority.Dispose();
        _folder.Dispose();
    }

    private X509ChainPolicy TrustOfAuthority() =>
        new() { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { Authority }, RevocationMode = X509RevocationMode.NoCheck };
}

/// <summary>One server for all tests of a class.</summary>
public sealed class SharedWebhook : IAsyncLifetime
{
    internal Webhook Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await Webhook.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
