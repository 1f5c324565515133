namespace Spanhook.Runtime.Tests.NodeJs;

/// <summary>The pod and the cluster of the runtime test: what a shop's Deployment and its team's Instrumentation look like.</summary>
internal static class NodeWorkload
{
    public const string Namespace = "shop";
    public const string Container = "app";
    private const string PodName = "checkout-7d9c6b8f5d-x2x7k";

    /// <summary>What the cluster knows once the pod runs.</summary>
    public static IReadOnlyDictionary<string, string> Fields { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["metadata.name"] = PodName,
        ["metadata.namespace"] = Namespace,
        ["metadata.uid"] = "4f4c5d0e-54c1-4e0c-93c3-1f7b8b6a0d11",
        ["spec.nodeName"] = "node-7",
        ["status.podIP"] = "10.0.3.17",
        ["status.hostIP"] = "192.0.2.7",
    };

    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> ConfigMaps { get; } =
        new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal)
        {
            ["runtime"] = new Dictionary<string, string>(StringComparer.Ordinal) { ["node-options"] = "--max-old-space-size=256" },
        };

    /// <summary>What must arrive: from the owner, the downward API, the image, the Instrumentation and the pod's annotations.</summary>
    public static IReadOnlyDictionary<string, string> ExpectedResource { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["service.name"] = "checkout",
        ["service.namespace"] = Namespace,
        ["service.version"] = "2.4.1",
        ["service.instance.id"] = $"{Namespace}.{PodName}.{Container}",
        ["k8s.namespace.name"] = Namespace,
        ["k8s.deployment.name"] = "checkout",
        ["k8s.replicaset.name"] = "checkout-7d9c6b8f5d",
        ["k8s.pod.name"] = PodName,
        ["k8s.pod.uid"] = "4f4c5d0e-54c1-4e0c-93c3-1f7b8b6a0d11",
        ["k8s.node.name"] = "node-7",
        ["k8s.container.name"] = Container,
        ["deployment.environment.name"] = "staging",
        // Percent-encoded on the way, whole on arrival.
        ["team"] = "Käse, Wurst = 100 %",
        ["telemetry.sdk.language"] = "nodejs",
    };

    /// <summary>The team's Instrumentation. Its <c>env</c> only makes the test quick: short batches, no questions to a cloud's metadata service.</summary>
    public static string Cluster(string endpoint) => $$"""
        apiVersion: v1
        kind: Namespace
        metadata: {name: {{Namespace}}}
        ---
        apiVersion: opentelemetry.io/v1alpha1
        kind: Instrumentation
        metadata: {name: shop, namespace: {{Namespace}}}
        spec:
          exporter: {endpoint: "{{endpoint}}"}
          propagators: [tracecontext, baggage]
          sampler: {type: parentbased_traceidratio, argument: "1"}
          resource:
            addK8sUIDAttributes: true
            resourceAttributes: {deployment.environment.name: staging}
          env:
          - {name: OTEL_BSP_SCHEDULE_DELAY, value: "100"}
          - {name: OTEL_NODE_RESOURCE_DETECTORS, value: "env,host,process"}
        """;

    /// <summary>The pod as a Deployment's ReplicaSet creates it: no name yet, no node.</summary>
    /// <param name="env">The container's own environment: items of a YAML list, or nothing.</param>
    public static string Pod(string env) => $$"""
        apiVersion: v1
        kind: Pod
        metadata:
          generateName: checkout-7d9c6b8f5d-
          labels: {app: checkout, pod-template-hash: 7d9c6b8f5d}
          annotations:
            instrumentation.opentelemetry.io/inject-nodejs: "true"
            resource.opentelemetry.io/team: "Käse, Wurst = 100 %"
          ownerReferences:
          - {apiVersion: apps/v1, kind: ReplicaSet, name: checkout-7d9c6b8f5d, uid: 0b3f6a50-9d6e-4d59-8f2e-2f6f9e7a1c00, controller: true}
        spec:
          containers:
          - name: {{Container}}
            image: shop.example/checkout:2.4.1
            command: [node, app.js]
            env:
            - {name: PORT, value: "0"}
        {{Indented(env)}}
        """;

    private static string Indented(string lines) =>
        string.Join('\n', lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => $"    {line}"));
}
