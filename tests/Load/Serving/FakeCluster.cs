using System.Globalization;
using System.Text.Json.Nodes;
using Spanhook.Load.Balancing;
using Spanhook.Support;

namespace Spanhook.Load.Serving;

/// <summary>A scripted API server with the objects of the load, behind a balancer that can cut or silence the way to it.</summary>
internal sealed class FakeCluster : IAsyncDisposable
{
    private FakeCluster(FakeApiServer server, string kubeconfig)
    {
        (Server, Kubeconfig) = (server, kubeconfig);
        Network = new Balancer(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, server.Url.Port));
        Namespaces = server.Serve("/api/v1/namespaces", "Namespace");
        Instrumentations = server.Serve("/apis/opentelemetry.io/v1alpha1/instrumentations", "Instrumentation");
        Policies = server.Serve("/apis/spanhook.dev/v1alpha1/tracingpolicies", "TracingPolicy");
        Secrets = server.Serve("/api/v1/secrets", "Secret");
        Leases = server.Serve("/apis/coordination.k8s.io/v1/leases", "Lease");
        Configurations = server.Serve("/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations", "MutatingWebhookConfiguration");
    }

    public FakeApiServer Server { get; }

    public Balancer Network { get; }

    public FakeResource Namespaces { get; }

    public FakeResource Instrumentations { get; }

    public FakeResource Policies { get; }

    public FakeResource Secrets { get; }

    public FakeResource Leases { get; }

    public FakeResource Configurations { get; }

    /// <summary>The file that leads to it.</summary>
    public string Kubeconfig { get; }

    /// <summary>What a server is started with to be fed by it.</summary>
    public string[] Options => ["--api-server", "--kubeconfig", Kubeconfig];

    public IReadOnlyList<FakeResource> Watched => [Namespaces, Instrumentations, Policies];

    public static async Task<FakeCluster> StartAsync(string folder)
    {
        var cluster = new FakeCluster(await FakeApiServer.StartAsync(), Path.Combine(folder, "kubeconfig"));
        await File.WriteAllTextAsync(cluster.Kubeconfig, $$"""
            apiVersion: v1
            kind: Config
            current-context: load
            clusters:
            - name: load
              cluster: {server: "http://127.0.0.1:{{cluster.Network.Address.Port}}"}
            contexts:
            - name: load
              context: {cluster: load, user: load, namespace: spanhook}
            users:
            - name: load
              user: {token: "of-no-value"}
            """);
        cluster.Namespaces.Put(Named("spanhook"));
        cluster.Namespaces.Put(Named(ReviewBuilder.Namespace));
        cluster.PutEndpoint("otel-collector.observability");
        cluster.Configurations.Put(Configuration());
        return cluster;
    }

    /// <summary>The Instrumentation of the load's pods, with that host as its collector; a new one each time is an edit.</summary>
    public void PutEndpoint(string host) => Instrumentations.Put(Instrumentation(ReviewBuilder.Namespace, host));

    public void PutPolicy(string name, string ns) => Policies.Put(new JsonObject
    {
        ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = new JsonObject { ["privilegedInjection"] = new JsonObject { ["allowedNamespaces"] = new JsonArray(ns) } },
    });

    /// <summary>As many objects as a large cluster has.</summary>
    public void PutMany(int namespaces, int policies, int instrumentations)
    {
        for (var i = 0; i < namespaces; i++) Namespaces.Put(Named(Team(i)));
        for (var i = 0; i < policies; i++) PutPolicy($"policy-{i}", Team(i));
        for (var i = 0; i < instrumentations; i++) Instrumentations.Put(Instrumentation(Team(i), "otel-collector.observability"));
    }

    public static JsonObject Named(string name) =>
        new() { ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { ["kubernetes.io/metadata.name"] = name, ["team"] = "payments" } } };

    public async ValueTask DisposeAsync()
    {
        Network.Dispose();
        await Server.DisposeAsync();
    }

    private static string Team(int i) => string.Create(CultureInfo.InvariantCulture, $"team-{i}");

    private static JsonObject Instrumentation(string ns, string host) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = "default", ["namespace"] = ns },
        ["spec"] = new JsonObject
        {
            ["exporter"] = new JsonObject { ["endpoint"] = $"http://{host}:4317" },
            ["propagators"] = new JsonArray("tracecontext", "baggage"),
            ["sampler"] = new JsonObject { ["type"] = "parentbased_traceidratio", ["argument"] = "0.25" },
            ["java"] = new JsonObject { ["env"] = new JsonArray(new JsonObject { ["name"] = "OTEL_EXPORTER_OTLP_PROTOCOL", ["value"] = "grpc" }) },
        },
    };

    private static JsonObject Configuration() => new()
    {
        ["metadata"] = new JsonObject { ["name"] = "spanhook" },
        ["webhooks"] = new JsonArray(new JsonObject
        {
            ["name"] = "pods.spanhook.dev",
            ["clientConfig"] = new JsonObject { ["service"] = new JsonObject { ["name"] = "spanhook", ["namespace"] = "spanhook", ["path"] = "/mutate-v1-pod", ["port"] = 443 } },
        }),
    };
}
