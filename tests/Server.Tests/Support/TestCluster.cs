namespace Spanhook.Server.Tests.Support;

/// <summary>The cluster of the tests that bring no case of their own.</summary>
internal static class TestCluster
{
    /// <summary>shop has an Instrumentation; asks has one and asks for java itself; the others have one with an error.</summary>
    public const string Yaml = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop}
        ---
        apiVersion: v1
        kind: Namespace
        metadata:
          name: asks
          annotations: {instrumentation.opentelemetry.io/inject-java: "true"}
        ---
        apiVersion: opentelemetry.io/v1alpha1
        kind: Instrumentation
        metadata: {name: default, namespace: shop}
        spec:
          exporter: {endpoint: "http://collector:4318"}
        ---
        apiVersion: opentelemetry.io/v1alpha1
        kind: Instrumentation
        metadata: {name: default, namespace: asks}
        spec:
          exporter: {endpoint: "http://collector:4318"}
        ---
        apiVersion: opentelemetry.io/v1alpha1
        kind: Instrumentation
        metadata: {name: default, namespace: unknown-sampler}
        spec:
          sampler: {type: sometimes}
        ---
        apiVersion: opentelemetry.io/v1alpha1
        kind: Instrumentation
        metadata: {name: default, namespace: bad-ratio}
        spec:
          sampler: {type: traceidratio, argument: "1.5"}
        """;
}
