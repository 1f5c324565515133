using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace Spanhook.Support;

/// <summary>
/// An API server in this process, on a free loopback port: collections with lists in pages and watches, single objects with optimistic concurrency
/// and apply, and a script of faults. Plain HTTP, or TLS with the certificate given.
/// </summary>
public sealed class FakeApiServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, FakeResource> _collections = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<FakeRequest> _requests = new();
    private readonly FakeApiServerOptions _options;
    private WebApplication? _app;

    private FakeApiServer(FakeApiServerOptions options) => (_options, Version) = (options, options.FirstVersion);

    public Uri Url { get; private set; } = null!;

    /// <summary>Every request so far.</summary>
    public IReadOnlyList<FakeRequest> Requests => [.. _requests];

    /// <summary>Decides for each request whether something happens instead of the answer; null when nothing does.</summary>
    public Func<FakeRequest, FakeFault?> Fault { get; set; } = _ => null;

    /// <summary>The resource version of the last change.</summary>
    public long Version { get; private set; }

    internal Lock Lock { get; } = new();

    /// <summary>What arrives while it stops is refused.</summary>
    internal bool IsDown { get; private set; }

    public static async Task<FakeApiServer> StartAsync(FakeApiServerOptions? options = null)
    {
        var server = new FakeApiServer(options ?? new FakeApiServerOptions());
        await server.UpAsync();
        return server;
    }

    /// <summary>Serves a collection, as <c>/apis/opentelemetry.io/v1alpha1/instrumentations</c>; namespaced objects are found below their namespaces too.</summary>
    public FakeResource Serve(string path, string kind)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var apiVersion = parts[0] == "api" ? parts[1] : $"{parts[1]}/{parts[2]}";
        return _collections.GetOrAdd(path, _ => new FakeResource(this, path, apiVersion, kind));
    }

    public FakeResource Collection(string path) => _collections[path];

    /// <summary>Stops listening and breaks all connections; the objects stay.</summary>
    public async Task DownAsync()
    {
        IsDown = true;
        foreach (var collection in _collections.Values) collection.CutWatches();
        if (_app is null) return;
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        _app = null;
    }

    /// <summary>Listens again, on the same port.</summary>
    public async Task UpAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, Url?.Port ?? 0, Configure));
        _app = builder.Build();
        _app.Run(new FakeApiServerPipeline(this).AnswerAsync);
        await _app.StartAsync();
        Url = new Uri(_app.Urls.Single());
        IsDown = false;
    }

    /// <summary>What etcd's backup would hold.</summary>
    public object Backup()
    {
        lock (Lock) return (Version, _collections.Values.Where(c => c.Exists).Select(c => (c, c.Copy())).ToList());
    }

    /// <summary>Restores a backup: objects and resource versions are those of then, and all watches break.</summary>
    public void Restore(object backup)
    {
        var (version, collections) = ((long, List<(FakeResource, IReadOnlyList<System.Text.Json.Nodes.JsonObject>)>))backup;
        lock (Lock)
        {
            Version = version;
            foreach (var (collection, objects) in collections) collection.Replace(objects);
        }
    }

    public async ValueTask DisposeAsync() => await DownAsync();

    internal long NextVersion() => ++Version;

    internal void Note(FakeRequest request) => _requests.Enqueue(request);

    internal FakeResource? Find(string path) => _collections.GetValueOrDefault(path) is { Exists: true } collection ? collection : null;

    private void Configure(ListenOptions listen)
    {
        if (_options.Certificate is not { } certificate) return;
        listen.Protocols = _options.Protocols;
        listen.UseHttps(certificate, https =>
        {
            https.ClientCertificateMode = _options.ClientAuthority is null ? ClientCertificateMode.NoCertificate : ClientCertificateMode.AllowCertificate;
            https.ClientCertificateValidation = (client, _, _) => IsOurs(client);
        });
    }

    private bool IsOurs(X509Certificate2 client)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_options.ClientAuthority!);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(client);
    }
}

/// <summary>How a <see cref="FakeApiServer"/> is reached.</summary>
public sealed record FakeApiServerOptions
{
    /// <summary>Null for plain HTTP.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Asks clients for certificates of this authority.</summary>
    public X509Certificate2? ClientAuthority { get; init; }

    public HttpProtocols Protocols { get; init; } = HttpProtocols.Http1AndHttp2;

    /// <summary>The first change has the next one.</summary>
    public long FirstVersion { get; init; } = 1000;
}
