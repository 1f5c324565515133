namespace Spanhook.Server.Cluster;

/// <summary>Puts the cache and its source together.</summary>
internal static class ClusterServices
{
    public static void Add(IServiceCollection services, ClusterOptions options)
    {
        services.AddSingleton<ClusterCache>();
        services.AddSingleton(s => new DirectoryClusterSource(options.Path, s.GetRequiredService<ClusterCache>(), s.GetRequiredService<ILogger<DirectoryClusterSource>>(), s.GetRequiredService<TimeProvider>()));
        services.AddHostedService(s => s.GetRequiredService<DirectoryClusterSource>());
    }

    /// <summary>What has to succeed before the server starts.</summary>
    /// <exception cref="Manifests.ManifestException">A manifest cannot be read.</exception>
    public static void LoadFirst(IServiceProvider services) => services.GetRequiredService<DirectoryClusterSource>().LoadFirst();
}
