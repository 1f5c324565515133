using System.Diagnostics.Metrics;
using Spanhook.KubeClient;
using Spanhook.Server.Certificates.SelfManaged;
using Spanhook.Server.Hosting;

namespace Spanhook.Server.Certificates;

/// <summary>Chooses the certificate's source, and what looks after it.</summary>
internal static class CertificateServices
{
    /// <param name="services">With <see cref="ApiServerConfig"/> and <see cref="ApiServerClient"/> when <paramref name="apiServer"/> is set.</param>
    /// <param name="options">Of the certificates.</param>
    /// <param name="apiServer">The cluster's objects come from an API server, so its webhook configuration can be looked at, too.</param>
    public static void Add(IServiceCollection services, CertificateOptions options, bool apiServer = false)
    {
        services.AddHostedService(s => new CertificateMetrics(s.GetRequiredService<Meter>(), s.GetRequiredService<ICertificateSource>(), s.GetService<CertificateStatus>()));
        if (apiServer) AddInCluster(services, options);
        else services.AddSingleton(s => Source(options, s));
    }

    private static void AddInCluster(IServiceCollection services, CertificateOptions options)
    {
        services.AddSingleton(s => options.InCluster(s.GetRequiredService<ApiServerConfig>().Namespace));
        services.AddSingleton<ICertificateApi, ApiServerCertificateApi>();
        services.AddSingleton(s => new CertificateStatus(s.GetRequiredService<SelfManagedOptions>().WebhookConfiguration, s.GetRequiredService<ILogger<CertificateStatus>>(), s.GetRequiredService<TimeProvider>()));
        if (options.TlsDirectory is not null)
        {
            services.AddSingleton(s => Source(options, s));
            services.AddHostedService(s => new CaBundleMonitor(
                s.GetRequiredService<ICertificateApi>(), s.GetRequiredService<ICertificateSource>(), s.GetRequiredService<CertificateStatus>(), s.GetRequiredService<ILogger<CaBundleMonitor>>(), s.GetRequiredService<TimeProvider>()));
            services.AddSingleton(s => new LeaseElection(
                s.GetRequiredService<ICertificateApi>(), s.GetRequiredService<SelfManagedOptions>(), new ProblemLog(s.GetRequiredService<ILogger<LeaseKeeper>>(), s.GetRequiredService<TimeProvider>()), s.GetRequiredService<TimeProvider>()));
            services.AddHostedService<LeaseKeeper>();
            return;
        }

        services.AddSingleton<ManagedCertificateSource>();
        services.AddSingleton<ICertificateSource>(s => s.GetRequiredService<ManagedCertificateSource>());
        services.AddSingleton<IReadinessCondition>(s => s.GetRequiredService<CertificateStatus>());
        services.AddSingleton<CertificateKeeper>();
        services.AddSingleton(s => KeeperParts.Create(
            s.GetRequiredService<ICertificateApi>(), s.GetRequiredService<SelfManagedOptions>(), s.GetRequiredService<ManagedCertificateSource>(), s.GetRequiredService<CertificateStatus>(),
            s.GetRequiredService<ILogger<CertificateKeeper>>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => s.GetRequiredService<KeeperParts>().Lease);
        services.AddHostedService(s => s.GetRequiredService<CertificateKeeper>());
    }

    private static ICertificateSource Source(CertificateOptions options, IServiceProvider services)
    {
        var time = services.GetRequiredService<TimeProvider>();
        if (options.TlsDirectory is { } folder) return new FolderCertificateSource(folder, services.GetRequiredService<ILogger<FolderCertificateSource>>(), time);
        var source = new SelfSignedCertificateSource(options.DnsNames, time);
        if (options.CaOut is { } file) File.WriteAllText(file, source.AuthorityPem);
        return source;
    }
}
