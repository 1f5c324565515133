using System.Text.Json;
using System.Text.Json.Nodes;
using Spanhook.Api;
using Spanhook.Injection.Cluster;
using Spanhook.Manifests;

namespace Spanhook.Support.Policies;

/// <summary>Small clusters with policies, and the pods of a Deployment "llama" in the namespace "shop".</summary>
public static class PolicyClusters
{
    /// <summary>One policy, and one Instrumentation in "shop".</summary>
    public static ClusterSnapshot With(string policy, string instrumentation) => With([policy], instrumentation);

    /// <summary>Policies by their specs, and one Instrumentation in "shop".</summary>
    public static ClusterSnapshot With(IReadOnlyList<string> policies, string instrumentation) => ClusterSnapshot.Compile(new()
    {
        Policies = [.. policies.Select((spec, i) => Read(PolicySpecs.ToYaml($"policy-{i}", spec)).Deserialize(ApiJsonContext.Default.TracingPolicy)!)],
        Instrumentations = [Read($"metadata: {{name: default, namespace: shop}}\n{instrumentation}\n").Deserialize(ApiJsonContext.Default.Instrumentation)!],
    });

    public static string Pod(string spec, params (string Key, string Value)[] annotations) => Pod(spec, "", annotations);

    /// <param name="spec">Members of spec, as YAML.</param>
    /// <param name="labels">Labels, as YAML.</param>
    /// <param name="annotations">Those of the OpenTelemetry Operator without their prefix, others whole.</param>
    public static string Pod(string spec, string labels, params (string Key, string Value)[] annotations)
    {
        var pod = Read($$"""
            apiVersion: v1
            kind: Pod
            metadata:
              generateName: llama-5d4f9c7b8-
              labels: {pod-template-hash: 5d4f9c7b8{{(labels.Length > 0 ? ", " + labels : "")}} }
              ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: llama-5d4f9c7b8, uid: 6f1c1f0e-1111-4222-8333-944444444444, controller: true}]
            spec: {{{spec}} }
            """);
        pod["metadata"]!["annotations"] = new JsonObject(annotations.Select(a => KeyValuePair.Create(a.Key.Contains('/', StringComparison.Ordinal) ? a.Key : "instrumentation.opentelemetry.io/" + a.Key, (JsonNode?)a.Value)));
        return pod.ToJsonString();
    }

    /// <summary>A variable's value in the first container; null when it has none.</summary>
    public static string? Variable(JsonNode pod, string name) =>
        pod["spec"]!["containers"]![0]!["env"]?.AsArray().FirstOrDefault(e => (string?)e!["name"] == name)?["value"]?.GetValue<string>();

    private static JsonNode Read(string yaml) => ManifestReader.Parse(yaml, "policy").Single().ToNode()!;
}
