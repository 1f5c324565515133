using System.Text.Json.Nodes;
using Spanhook.Manifests;
using Spanhook.Support;

namespace Spanhook.Cli.Tests.Online;

/// <summary>A cluster for commands that ask one: an API server in this process, a kubeconfig for it, and a clock that skips short waits.</summary>
internal sealed class OnlineCluster : IAsyncDisposable
{
    private const string Webhooks = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";

    /// <summary>What a cluster has; those of others (LeaderWorkerSets, Rollouts) are served only when a test does so.</summary>
    private static readonly (string Path, string Kind)[] Kinds =
    [
        ("/api/v1/namespaces", "Namespace"), ("/api/v1/pods", "Pod"), ("/api/v1/secrets", "Secret"), ("/api/v1/replicationcontrollers", "ReplicationController"),
        ("/apis/apps/v1/deployments", "Deployment"), ("/apis/apps/v1/statefulsets", "StatefulSet"), ("/apis/apps/v1/daemonsets", "DaemonSet"), ("/apis/apps/v1/replicasets", "ReplicaSet"),
        ("/apis/batch/v1/jobs", "Job"), ("/apis/batch/v1/cronjobs", "CronJob"), ("/apis/policy/v1/poddisruptionbudgets", "PodDisruptionBudget"),
        ("/apis/opentelemetry.io/v1alpha1/instrumentations", "Instrumentation"), ("/apis/spanhook.dev/v1alpha1/tracingpolicies", "TracingPolicy"), (Webhooks, "MutatingWebhookConfiguration"),
    ];

    private readonly TempFolder _folder = new();

    private OnlineCluster(FakeApiServer server)
    {
        Server = server;
        foreach (var (path, kind) in Kinds) server.Serve(path, kind);
        Kubeconfig = _folder.Write("config", $$"""
            apiVersion: v1
            kind: Config
            current-context: dev
            clusters: [{name: dev, cluster: {server: "{{server.Url}}"} }]
            users: [{name: jane, user: {token: t} }]
            contexts: [{name: dev, context: {cluster: dev, user: jane, namespace: ml} }]
            """);
    }

    public FakeApiServer Server { get; }

    public string Kubeconfig { get; }

    public SteppedTime Time { get; } = new() { SkipBelow = TimeSpan.FromSeconds(5) };

    /// <summary>With the shipped webhook configuration, and namespace ml with an Instrumentation.</summary>
    public static async Task<OnlineCluster> StartAsync()
    {
        var cluster = new OnlineCluster(await FakeApiServer.StartAsync());
        cluster.Apply(File.ReadAllText(RepositoryRoot.PathOf("deploy", "kustomize", "base", "mutatingwebhookconfiguration.yaml")));
        cluster.Apply("""
            apiVersion: v1
            kind: Namespace
            metadata: {name: ml, labels: {kubernetes.io/metadata.name: ml, team: ml}}
            ---
            apiVersion: opentelemetry.io/v1alpha1
            kind: Instrumentation
            metadata: {name: default, namespace: ml}
            spec: {exporter: {endpoint: "http://collector:4318"}}
            """);
        return cluster;
    }

    /// <summary>Stores objects; their kinds say where.</summary>
    public void Apply(string yaml)
    {
        foreach (var document in ManifestReader.Parse(yaml, "cluster.yaml")) Put(document.ToNode()!.AsObject());
    }

    public JsonObject Put(JsonObject item) => CollectionOf(item["kind"]!.GetValue<string>()).Put(item);

    public FakeResource CollectionOf(string kind) => Server.Collection(Kinds.First(entry => entry.Kind == kind).Path);

    public JsonObject Find(string kind, string key) => CollectionOf(kind).Find(key) ?? throw new InvalidOperationException($"there is no {kind} {key}");

    /// <summary>One run of the command line against this cluster. Where it stands is replaced in what was said, since its port differs.</summary>
    public CliRun Run(params string[] args) => RunWith(new Conversation(), args);

    public CliRun RunWith(Conversation conversation, params string[] args)
    {
        using var reader = new StringReader(conversation.Input);
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        using var terminal = new Terminal(reader, output, error) { HasColours = conversation.HasColours, CanAsk = conversation.CanAsk, Time = Time };
        var code = CommandLine.Run([.. args, "--kubeconfig", Kubeconfig], terminal);
        return new CliRun(code, Shown(output), Shown(error));
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _folder.Dispose();
    }

    private string Shown(StringWriter text) => text.ToString().Replace(Server.Url.ToString(), "https://api.example/", StringComparison.Ordinal).Replace(Kubeconfig, "config", StringComparison.Ordinal);
}

/// <summary>How somebody sits at the terminal.</summary>
internal sealed record Conversation(string Input = "", bool HasColours = false, bool CanAsk = false);
