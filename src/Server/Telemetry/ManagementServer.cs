using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Spanhook.Server.Admission;
using Spanhook.Server.Hosting;
using Spanhook.Server.Reporting;
using Spanhook.Server.Telemetry.Prometheus;

namespace Spanhook.Server.Telemetry;

/// <summary>
/// The second port, plain HTTP, for kubelet and Prometheus. A server of its own and not one more endpoint of the first: its limits are its own, so
/// that whoever takes all connections of the first leaves the probes alone, and no path of the one is ever served by the other. It is up before
/// the first server and until after it.
/// </summary>
internal sealed class ManagementServer : IHostedService, IHttpApplication<HttpContext>, IDisposable
{
    private readonly TelemetryOptions _options;
    private readonly ManagementPages _pages;
    private readonly MetricCollector _metrics;
    private readonly IServiceProvider _services;
    private readonly KestrelServer _server;

    public ManagementServer(TelemetryOptions options, ManagementPages pages, MetricCollector metrics, IServiceProvider services)
    {
        (_options, _pages, _metrics, _services) = (options, pages, metrics, services);
        var kestrel = new KestrelServerOptions { ApplicationServices = services, AddServerHeader = false };
        kestrel.Limits.MaxRequestBodySize = 1024;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(90);
        kestrel.Limits.MaxConcurrentConnections = 128;
        kestrel.ListenOn(options.ManagementListen!, listen => listen.Protocols = HttpProtocols.Http1);
        _server = new KestrelServer(Options.Create(kestrel), services.GetRequiredService<IConnectionListenerFactory>(), services.GetRequiredService<ILoggerFactory>());
    }

    /// <summary>Where it serves, once started.</summary>
    public Uri Url => new(_server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());

    /// <exception cref="IOException">The address cannot be had.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _metrics.Start();
        _services.GetRequiredService<AdmissionMetrics>().Announce();
        _services.GetRequiredService<AdmissionGate>().Announce();
        _services.GetService<ReportingMetrics>()?.Announce();
        try
        {
            await _server.StartAsync(this, cancellationToken);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new IOException($"--management-listen {_options.ManagementListen}: {e.Message}", e);
        }

        Log.ServingManagement(_services.GetRequiredService<ILogger<ManagementServer>>(), Url.ToString());
    }

    public Task StopAsync(CancellationToken cancellationToken) => _server.StopAsync(cancellationToken);

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public Task ProcessRequestAsync(HttpContext context) => _pages.InvokeAsync(context);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
        // Holds nothing.
    }

    public void Dispose() => _server.Dispose();
}
