using System.Collections.Frozen;
using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Api.Meta;
using Spanhook.Api.OpenTelemetry;
using Spanhook.Api.Policy;
using Spanhook.KubeClient.Watching;

namespace Spanhook.Server.Cluster;

/// <summary>The collections that are watched, and what of their objects is kept: memory grows with what is decided by, and with nothing else.</summary>
internal static class ApiServerResources
{
    private static readonly string[] KeptAnnotations = ["instrumentation.opentelemetry.io/", "spanhook.dev/"];

    public static readonly WatchedResource<Namespace> Namespaces = new("namespaces", "/api/v1/namespaces", ApiJsonContext.Default.Namespace, n => n.Metadata)
    {
        IsMetadataOnly = true,
        Keep = n => new Namespace { Metadata = Keep(n.Metadata) },
    };

    public static readonly WatchedResource<Instrumentation> Instrumentations = new("instrumentations", "/apis/opentelemetry.io/v1alpha1/instrumentations",
        ApiJsonContext.Default.Instrumentation, i => i.Metadata)
    {
        Keep = i => i with { Metadata = Keep(i.Metadata) },
    };

    public static readonly WatchedResource<TracingPolicy> Policies = new("tracingpolicies", "/apis/spanhook.dev/v1alpha1/tracingpolicies",
        ApiJsonContext.Default.TracingPolicy, p => p.Metadata)
    {
        Keep = p => p with { Metadata = Keep(p.Metadata) },
    };

    // The keys of labels and annotations are a few words that every namespace repeats: one copy of each does.
    private static ObjectMeta Keep(ObjectMeta metadata) => new()
    {
        Name = metadata.Name,
        Namespace = metadata.Namespace,
        Uid = metadata.Uid,
        ResourceVersion = metadata.ResourceVersion,
        Generation = metadata.Generation,
        Labels = Shared(metadata.Labels),
        Annotations = Shared(metadata.Annotations.Where(a => KeptAnnotations.Any(prefix => a.Key.StartsWith(prefix, StringComparison.Ordinal)))),
    };

    private static IReadOnlyDictionary<string, string> Shared(IEnumerable<KeyValuePair<string, string>> entries)
    {
        var kept = entries.ToArray();
        if (kept.Length == 0) return FrozenDictionary<string, string>.Empty;
        var dictionary = new Dictionary<string, string>(kept.Length, StringComparer.Ordinal);
        foreach (var (key, value) in kept) dictionary[WellKnownKeys.Share(key)] = value;
        return dictionary;
    }

    /// <summary>One copy of each key that is seen often; bounded, since tenants choose keys.</summary>
    private static class WellKnownKeys
    {
        private const int Most = 1000;
        private const int Longest = 128;
        private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, string> Keys = new(StringComparer.Ordinal);

        public static string Share(string key)
        {
            if (Keys.TryGetValue(key, out var shared)) return shared;
            if (key.Length <= Longest && Keys.Count < Most) Keys.TryAdd(key, key);
            return key;
        }
    }
}
