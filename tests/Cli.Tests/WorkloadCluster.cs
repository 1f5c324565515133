using System.Text.Json.Nodes;
using Spanhook.Manifests;
using Spanhook.Support;

namespace Spanhook.Cli.Tests;

/// <summary>An API server that has the objects of <c>Transcripts</c>, and a kubeconfig for it.</summary>
internal sealed class WorkloadCluster : IAsyncDisposable
{
    public static readonly string ClusterFile = FileOf("cluster.yaml");
    public static readonly string WorkloadsFile = FileOf("workloads.yaml");

    /// <summary>What stands for the address in transcripts.</summary>
    private const string ShownAddress = "https://cluster.example";

    private static readonly IReadOnlyList<(string Kind, string Path)> Kinds =
    [
        ("Namespace", "/api/v1/namespaces"), ("Pod", "/api/v1/pods"), ("Deployment", "/apis/apps/v1/deployments"), ("StatefulSet", "/apis/apps/v1/statefulsets"),
        ("DaemonSet", "/apis/apps/v1/daemonsets"), ("ReplicaSet", "/apis/apps/v1/replicasets"), ("Job", "/apis/batch/v1/jobs"), ("CronJob", "/apis/batch/v1/cronjobs"),
        ("LeaderWorkerSet", "/apis/leaderworkerset.x-k8s.io/v1/leaderworkersets"), ("JobSet", "/apis/jobset.x-k8s.io/v1alpha2/jobsets"), ("Rollout", "/apis/argoproj.io/v1alpha1/rollouts"),
        ("Instrumentation", "/apis/opentelemetry.io/v1alpha1/instrumentations"), ("TracingPolicy", "/apis/spanhook.dev/v1alpha1/tracingpolicies"),
        ("MutatingWebhookConfiguration", "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"),
    ];

    private readonly TempFolder _folder = new();

    private WorkloadCluster(FakeApiServer server)
    {
        Server = server;
        Kubeconfig = _folder.Write("kubeconfig", $$"""
            {"apiVersion": "v1", "kind": "Config", "current-context": "dev",
             "contexts": [{"name": "dev", "context": {"cluster": "dev", "user": "dev", "namespace": "shop"} }],
             "clusters": [{"name": "dev", "cluster": {"server": "{{server.Url}}"} }],
             "users": [{"name": "dev", "user": {} }]}
            """);
    }

    public FakeApiServer Server { get; }

    public string Kubeconfig { get; }

    public static string FileOf(string name) => RepositoryRoot.PathOf("tests", "Cli.Tests", "Transcripts", name);

    public static async Task<WorkloadCluster> StartAsync()
    {
        var server = await FakeApiServer.StartAsync();
        foreach (var (kind, path) in Kinds) server.Serve(path, kind);
        foreach (var document in ManifestReader.ReadFile(ClusterFile).Concat(ManifestReader.ReadFile(WorkloadsFile)))
        {
            var json = (JsonObject)document.ToNode()!;
            server.Collection(Kinds.Single(kind => kind.Kind == json["kind"]!.GetValue<string>()).Path).Put(json);
        }

        return new WorkloadCluster(server);
    }

    public FakeResource Of(string kind) => Server.Collection(Kinds.Single(known => known.Kind == kind).Path);

    /// <summary>What its annotations of the pod template are, at this path of fields.</summary>
    public JsonObject? Annotations(string kind, string key, params string[] path)
    {
        JsonNode? at = Of(kind).Find(key);
        foreach (var field in (string[])["spec", .. path, "metadata", "annotations"]) at = at?[field];
        return at as JsonObject;
    }

    public CliRun Run(params string[] args) => Run(hasColours: false, args);

    public CliRun Run(bool hasColours, params string[] args)
    {
        var run = CliRun.With("", hasColours, [.. args, "--kubeconfig", Kubeconfig]);
        return run with { Out = Shown(run.Out), Error = Shown(run.Error) };
    }

    public async ValueTask DisposeAsync()
    {
        _folder.Dispose();
        await Server.DisposeAsync();
    }

    private string Shown(string text) => text.Replace(Server.Url.ToString().TrimEnd('/'), ShownAddress, StringComparison.Ordinal).Replace(Kubeconfig, "dev.kubeconfig", StringComparison.Ordinal);
}
