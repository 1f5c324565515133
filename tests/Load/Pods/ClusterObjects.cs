using System.Globalization;
using System.Text;
using Spanhook.Support;

namespace Spanhook.Load.Pods;

/// <summary>Objects that the webhook has to know, as YAML.</summary>
internal static class ClusterObjects
{
    public static string Namespace(string name) => $$"""
        apiVersion: v1
        kind: Namespace
        metadata:
          name: {{name}}
          labels: {kubernetes.io/metadata.name: {{name}}, team: payments, environment: production}
        """;

    /// <summary>A policy that says something about another namespace, and nothing about the pods of the load.</summary>
    public static string Policy(string name, string ns) => $$"""
        apiVersion: spanhook.dev/v1alpha1
        kind: TracingPolicy
        metadata: {name: "{{name}}"}
        spec:
          privilegedInjection:
            allowedNamespaces: ["team-{{ns}}"]
        """;

    /// <summary>The Instrumentation of the load's pods, with that endpoint.</summary>
    public static string Endpoint(string endpoint) =>
        ReviewBuilder.Instrumentation(ReviewBuilder.Namespace).Replace("http://otel-collector.observability:4317", endpoint, StringComparison.Ordinal);

    /// <summary>A large cluster, in files of some hundred objects.</summary>
    public static void WriteLarge(string folder, int namespaces, int policies, int instrumentations)
    {
        Directory.CreateDirectory(folder);
        Write(folder, "namespaces", Enumerable.Range(instrumentations, Math.Max(0, namespaces - instrumentations)).Select(i => Namespace(Name(i))));
        Write(folder, "policies", Enumerable.Range(0, policies).Select(i => Policy($"policy-{i}", i.ToString(CultureInfo.InvariantCulture))));
        // Each comes with its own namespace.
        Write(folder, "instrumentations", Enumerable.Range(0, instrumentations).Select(i => ReviewBuilder.Instrumentation(Name(i))));
    }

    private static string Name(int i) => string.Create(CultureInfo.InvariantCulture, $"team-{i}");

    private static void Write(string folder, string name, IEnumerable<string> objects)
    {
        foreach (var (chunk, i) in objects.Chunk(500).Select((chunk, i) => (chunk, i)))
            File.WriteAllText(Path.Combine(folder, $"{name}-{i:000}.yaml"), new StringBuilder().AppendJoin("\n---\n", chunk).Append('\n').ToString());
    }
}
