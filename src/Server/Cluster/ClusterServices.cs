using Spanhook.KubeClient;

namespace Spanhook.Server.Cluster;

/// <summary>Puts the cache and its source together.</summary>
internal static class ClusterServices
{
    public static void Add(IServiceCollection services, ClusterOptions options)
    {
        services.AddSingleton<ClusterCache>();
        services.AddSingleton<ClusterMetrics>();
        if (options.Path is { } path)
        {
            services.AddSingleton(s => new DirectoryClusterSource(path, s.GetRequiredService<ClusterCache>(), s.GetRequiredService<ILogger<DirectoryClusterSource>>(), s.GetRequiredService<TimeProvider>()));
            services.AddHostedService(s => s.GetRequiredService<DirectoryClusterSource>());
            return;
        }

        services.AddSingleton(_ => ApiServerConfig.Load(options.Kubeconfig, options.Context));
        services.AddSingleton<ApiServerClient>();
        services.AddSingleton<ApiServerClusterSource>();
        services.AddHostedService(s => s.GetRequiredService<ApiServerClusterSource>());
    }

    /// <summary>What has to succeed before the server starts. An API server need not be there yet; how to reach it must be known.</summary>
    /// <exception cref="Manifests.ManifestException">A manifest cannot be read.</exception>
    /// <exception cref="ApiServerConfigException">The kubeconfig, or the pod's service account, cannot be used.</exception>
    public static void LoadFirst(IServiceProvider services)
    {
        _ = services.GetRequiredService<ClusterMetrics>();
        services.GetService<DirectoryClusterSource>()?.LoadFirst();
        _ = services.GetService<ApiServerClient>();
    }
}
