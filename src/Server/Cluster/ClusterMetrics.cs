using System.Diagnostics.Metrics;

namespace Spanhook.Server.Cluster;

/// <summary>Whether what is known of the cluster is whole, how old it may be, and how much it is.</summary>
internal sealed class ClusterMetrics
{
    public ClusterMetrics(Meter meter, ClusterCache cache, IServiceProvider services)
    {
        meter.CreateObservableGauge("spanhook.cache.synced", () => cache.IsLoaded ? 1 : 0, null, "1 when the objects of the cluster were loaded, else 0.");
        meter.CreateObservableGauge("spanhook.cache.objects", () => Objects(cache), null, "Objects that decisions are made of.");

        // Manifests are read when they change: their age tells nothing.
        if (services.GetService<ApiServerClusterSource>() is { } source)
            meter.CreateObservableGauge("spanhook.cache.stale", () => source.Stale.TotalSeconds, "s", "How old the objects may be: 0 while the API server is watched.");
    }

    private static IEnumerable<Measurement<int>> Objects(ClusterCache cache)
    {
        var counts = cache.Current.Counts;
        return [Of("Namespace", counts.Namespaces), Of("Instrumentation", counts.Instrumentations), Of("TracingPolicy", counts.Policies)];

        static Measurement<int> Of(string kind, int count) => new(count, new KeyValuePair<string, object?>("kind", kind));
    }
}
