using System.Net.Sockets;
using System.Security.Cryptography;
using Spanhook.Injection;
using Spanhook.KubeClient;
using Spanhook.Manifests;
using Spanhook.Server.Admission;
using Spanhook.Server.Certificates;
using Spanhook.Server.Cluster;
using Spanhook.Server.Hosting.Clients;
using Spanhook.Server.Reporting;
using Spanhook.Server.Telemetry;

namespace Spanhook.Server.Hosting;

/// <summary>Puts the server together and runs it.</summary>
internal static class WebhookServer
{
    private const int BadInput = 2;

    /// <summary>Runs until the process is asked to stop. 0 when it ended well, 2 when its input cannot be used.</summary>
    public static async Task<int> RunAsync(ServerOptions options, CancellationToken cancellation)
    {
        try
        {
            await using var app = Build(options, TimeProvider.System, builder => builder.Services.AddSingleton<IHostLifetime, ProcessSignals>());
            await app.StartAsync(cancellation);
            foreach (var url in app.Urls) Log.Serving(app.Logger, url + MutateEndpoint.Path);
            await app.WaitForShutdownAsync(cancellation);
            ServingLog.Stopped(app.Logger);
            return 0;
        }
        catch (SocketException e)
        {
            await Console.Error.WriteLineAsync($"spanhook-server: --listen {options.Serving.Listen}: {e.Message}");
            return BadInput;
        }
        catch (Exception e) when (e is ManifestException or ApiServerConfigException or IOException or CryptographicException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"spanhook-server: {e.Message}");
            return BadInput;
        }
    }

    /// <summary>The application, with its objects and its certificate loaded; not started.</summary>
    /// <exception cref="ManifestException">A manifest cannot be read.</exception>
    /// <exception cref="ApiServerConfigException">It is not known how to reach the API server.</exception>
    public static WebApplication Build(ServerOptions options, TimeProvider time, Action<WebApplicationBuilder>? configure = null)
    {
        // Empty: the defaults would read configuration of their own and watch the working directory for changes of it.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        LogServices.Add(builder.Logging, options.Log);
        builder.Services.AddSingleton(time);
        TelemetryServices.Add(builder.Services, options.Telemetry);
        ClusterServices.Add(builder.Services, options.Cluster);
        CertificateServices.Add(builder.Services, options.Certificates, apiServer: options.Cluster.Path is null);
        if (options.Cluster.Path is null) ReportingServices.Add(builder.Services);
        builder.Services.AddSingleton<Inject>(new PodInjector(options.Injection).Inject);
        ServingServices.Add(builder.Services, options.Serving);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => HttpsEndpoint.Configure(kestrel, options.Serving));
        configure?.Invoke(builder);

        var app = builder.Build();
        ClusterServices.LoadFirst(app.Services);
        _ = app.Services.GetRequiredService<ICertificateSource>();
        _ = app.Services.GetRequiredService<ClientCheck>();
        ServingServices.Map(app);
        return app;
    }
}
