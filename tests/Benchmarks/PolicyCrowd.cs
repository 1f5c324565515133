using System.Globalization;
using Spanhook.Api.Meta;
using Spanhook.Api.Policy;
using Spanhook.Injection.Cluster;
using Spanhook.Manifests;

namespace Spanhook.Benchmarks;

/// <summary>Clusters with many policies: of teams, of applications, of kinds of hardware. None but the first covers the pods that are measured.</summary>
internal static class PolicyCrowd
{
    /// <summary>The cluster of <see cref="Reviews"/> with that many policies.</summary>
    /// <param name="policies">How many, one at least.</param>
    /// <param name="asks">Whether the first one covers the measured pods and asks for java; else it covers no pod.</param>
    public static ClusterSnapshot Cluster(int policies, bool asks) => ClusterSnapshot.Compile(ClusterManifests.From(ManifestReader.Parse(Reviews.Manifests, "cluster.yaml")).Objects with
    {
        Policies = [First(asks), .. Enumerable.Range(1, policies - 1).Select(Other)],
    });

    private static TracingPolicy First(bool asks) => new()
    {
        Metadata = new() { Name = "first" },
        Spec = new()
        {
            Priority = 1,
            PodSelector = Labels("app", asks ? "checkout" : "nobody"),
            Inject = new() { Languages = ["java"] },
            Instrumentation = new() { Exporter = new() { Endpoint = "http://otel-collector.observability:4318" } },
        },
    };

    private static TracingPolicy Other(int number)
    {
        var text = number.ToString(CultureInfo.InvariantCulture);
        return new()
        {
            Metadata = new() { Name = $"policy-{text}" },
            Spec = new()
            {
                Priority = number % 7,
                NamespaceSelector = (number % 4) switch
                {
                    0 => Labels("team", $"team-{text}"),
                    1 => Labels("kubernetes.io/metadata.name", $"team-{number % 2}"),
                    _ => null,
                },
                PodSelector = (number % 5) switch
                {
                    0 => new() { MatchExpressions = [new() { Key = $"hardware.example/gpu-{text}", Operator = "Exists" }] },
                    1 => new() { MatchExpressions = [new() { Key = "app", Operator = "In", Values = [$"app-{text}", $"application-{text}"] }] },
                    _ => Labels("app.kubernetes.io/name", $"app-{text}"),
                },
                Inject = new() { Languages = ["java"], Engines = ["auto"] },
                Instrumentation = new() { Exporter = new() { Endpoint = $"http://collector-{text}.observability:4317" } },
            },
        };
    }

    private static LabelSelector Labels(string key, string value) => new() { MatchLabels = new Dictionary<string, string>(StringComparer.Ordinal) { [key] = value } };
}
