using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Spanhook.Injection;
using Spanhook.Manifests;
using Spanhook.Server.Admission;
using Spanhook.Server.Certificates;
using Spanhook.Server.Cluster;
using Spanhook.Server.Telemetry;

namespace Spanhook.Server.Hosting;

/// <summary>Puts the server together and runs it.</summary>
internal static class WebhookServer
{
    private const int BadInput = 2;

    // Forward secrecy and authenticated encryption: the defaults of .NET still have CBC. On Windows the system's policy decides.
    private static readonly CipherSuitesPolicy? Ciphers = OperatingSystem.IsWindows() ? null : new(
    [
        TlsCipherSuite.TLS_AES_128_GCM_SHA256, TlsCipherSuite.TLS_AES_256_GCM_SHA384, TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ]);

    /// <summary>Runs until the process is asked to stop. 0 when it ended well, 2 when its input cannot be used.</summary>
    public static async Task<int> RunAsync(ServerOptions options, CancellationToken cancellation)
    {
        try
        {
            await using var app = Build(options, TimeProvider.System);
            await app.StartAsync(cancellation);
            foreach (var url in app.Urls) Log.Serving(app.Logger, url + MutateEndpoint.Path);
            await app.WaitForShutdownAsync(cancellation);
            return 0;
        }
        catch (SocketException e)
        {
            await Console.Error.WriteLineAsync($"spanhook-server: --listen {options.Listen}: {e.Message}");
            return BadInput;
        }
        catch (Exception e) when (e is ManifestException or IOException or CryptographicException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"spanhook-server: {e.Message}");
            return BadInput;
        }
    }

    /// <summary>The application, with its objects and its certificate loaded; not started.</summary>
    /// <exception cref="ManifestException">A manifest cannot be read.</exception>
    public static WebApplication Build(ServerOptions options, TimeProvider time, Action<WebApplicationBuilder>? configure = null)
    {
        // Empty: the defaults would read configuration of their own and watch the working directory for changes of it.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Services.AddRoutingCore();
        AddLogging(builder.Logging, options);
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, RecordSizedMemory>();
        builder.Services.AddSingleton<ClusterCache>();
        builder.Services.AddSingleton(s => Certificates(options, s, time));
        builder.Services.AddSingleton<Inject>(new PodInjector(options.Injection).Inject);
        builder.Services.AddSingleton<AdmissionHandler>();
        builder.Services.AddSingleton<RefusalLog>();
        builder.Services.AddSingleton<MutateEndpoint>();
        builder.Services.AddSingleton(s => new DirectoryClusterSource(options.Cluster, s.GetRequiredService<ClusterCache>(), s.GetRequiredService<ILogger<DirectoryClusterSource>>(), time));
        builder.Services.AddHostedService(s => s.GetRequiredService<DirectoryClusterSource>());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => ConfigureKestrel(kestrel, options));
        configure?.Invoke(builder);

        var app = builder.Build();
        app.Services.GetRequiredService<DirectoryClusterSource>().LoadFirst();
        _ = app.Services.GetRequiredService<ICertificateSource>();
        Map(app);
        return app;
    }

    private static void Map(WebApplication app)
    {
        var mutate = app.Services.GetRequiredService<MutateEndpoint>();
        var cache = app.Services.GetRequiredService<ClusterCache>();
        app.MapPost(MutateEndpoint.Path, mutate.InvokeAsync);
        app.MapGet("/livez", context => context.Response.WriteAsync("ok\n"));
        app.MapGet("/readyz", context =>
        {
            if (!cache.IsLoaded) context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return context.Response.WriteAsync(cache.IsLoaded ? "ok\n" : "the cluster's objects are not loaded yet\n");
        });
    }

    private static void ConfigureKestrel(KestrelServerOptions kestrel, ServerOptions options)
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;
        limits.MaxRequestBodySize = MutateEndpoint.MaxBody;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(2));
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(90);
        limits.MaxConcurrentConnections = 2048;
        limits.Http2.MaxStreamsPerConnection = 100;
        var certificates = kestrel.ApplicationServices.GetRequiredService<ICertificateSource>();
        kestrel.Listen(options.Listen, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttps(new TlsHandshakeCallbackOptions
            {
                HandshakeTimeout = TimeSpan.FromSeconds(5),
                OnConnection = _ => ValueTask.FromResult(Handshake(certificates)),
            });
        });
    }

    private static SslServerAuthenticationOptions Handshake(ICertificateSource certificates) => new()
    {
        ServerCertificateContext = certificates.Current,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        CipherSuitesPolicy = Ciphers,
        ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
    };

    private static ICertificateSource Certificates(ServerOptions options, IServiceProvider services, TimeProvider time)
    {
        if (options.TlsDirectory is { } folder) return new FolderCertificateSource(folder, services.GetRequiredService<ILogger<FolderCertificateSource>>(), time);
        var source = new SelfSignedCertificateSource(options.DnsNames, time);
        if (options.CaOut is { } file) File.WriteAllText(file, source.AuthorityPem);
        return source;
    }

    private static void AddLogging(ILoggingBuilder logging, ServerOptions options)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(options.LogLevel);
        logging.AddFilter("Microsoft", LogLevel.Warning);

        // Why the server could not start is told in one sentence by RunAsync; the host would tell it in forty lines.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        if (options.LogFormat == "json")
            logging.Services.AddSingleton<ILoggerProvider>(services => new JsonLineLoggerProvider(Console.OpenStandardOutput(), services.GetRequiredService<TimeProvider>()));
        else
            logging.AddSimpleConsole(text => (text.SingleLine, text.TimestampFormat) = (true, "HH:mm:ss "));
    }
}
