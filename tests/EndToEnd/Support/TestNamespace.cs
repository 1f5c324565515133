namespace Spanhook.EndToEnd.Support;

/// <summary>A namespace of one test, and what its users do in it; deleted at the end.</summary>
internal sealed class TestNamespace : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private const string Image = "registry.example/web:1.0";

    private readonly TestCluster _cluster;

    private TestNamespace(TestCluster cluster, string name) => (_cluster, Name) = (cluster, name);

    public string Name { get; }

    private Kubectl Kubectl => _cluster.Kubectl;

    public static async Task<TestNamespace> CreateAsync(TestCluster cluster, string stem, JsonObject? annotations = null, JsonObject? labels = null)
    {
        var created = new TestNamespace(cluster, cluster.NewName(stem));
        await cluster.Kubectl.ApplyAsync(new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Namespace",
            ["metadata"] = new JsonObject { ["name"] = created.Name, ["annotations"] = annotations, ["labels"] = labels },
        }.ToJsonString());
        await created.CreateDefaultServiceAccountAsync();
        return created;
    }

    /// <summary>The Instrumentation that most tests need.</summary>
    public Task ApplyInstrumentationAsync(string name = "default", string endpoint = "http://otel-collector.observability:4318") => Kubectl.ApplyAsync($$"""
        apiVersion: opentelemetry.io/v1alpha1
        kind: Instrumentation
        metadata: {name: {{name}}, namespace: {{Name}} }
        spec: {exporter: {endpoint: "{{endpoint}}"} }
        """);

    /// <summary>A TracingPolicy of the namespace's name, for its pods only.</summary>
    /// <param name="fields">Further fields of its spec, in JSON or YAML's flow style: <c>inject: {languages: [java]}, priority: 7</c>.</param>
    public Task ApplyPolicyAsync(string fields) => Kubectl.ApplyAsync($$"""
        apiVersion: spanhook.dev/v1alpha1
        kind: TracingPolicy
        metadata: {name: {{Name}} }
        spec: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: {{Name}} } }, {{fields}} }
        """);

    /// <summary>A Deployment of one container "app", with these annotations in its template.</summary>
    public Task DeployAsync(string name, params (string Key, string Value)[] annotations) => Kubectl.ApplyAsync(new JsonObject
    {
        ["apiVersion"] = "apps/v1",
        ["kind"] = "Deployment",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = Name },
        ["spec"] = new JsonObject
        {
            ["replicas"] = 1,
            ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = name } },
            ["template"] = new JsonObject
            {
                ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["app"] = name }, ["annotations"] = Annotations(annotations) },
                ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "app", ["image"] = Image }) },
            },
        },
    }.ToJsonString());

    /// <summary>The newest pod of a Deployment, once <paramref name="isMeant"/> says that it is the one.</summary>
    public async Task<JsonNode> PodOfAsync(string deployment, Func<JsonNode, bool>? isMeant = null)
    {
        if (!_cluster.HasControllers) await ReplicaSetStandIn.CreatePodAsync(Kubectl, Name, deployment);
        return await Soon.GetAsync($"a pod of Deployment {Name}/{deployment} as expected", Patience, async () =>
            (await Kubectl.ListAsync("pods", Name, "app=" + deployment)).FirstOrDefault(pod => isMeant?.Invoke(pod) ?? true));
    }

    /// <summary>A pod with these annotations, as the API server would store it; it is not.</summary>
    public async Task<JsonNode> DryRunAsync(params (string Key, string Value)[] annotations) =>
        (await Kubectl.WithAsync(Pod("probe", annotations), "create", "--dry-run=server", "-o", "json", "-f", "-")).Json;

    /// <summary>Creates a pod; what kubectl said about it too.</summary>
    public Task<KubectlResult> CreatePodAsync(string name, params (string Key, string Value)[] annotations) => Kubectl.TryWithAsync(Pod(name, annotations), "create", "-o", "json", "-f", "-");

    /// <summary>Asks again and again for a pod with these annotations until it comes as meant. Gives how long that took.</summary>
    public Task<TimeSpan> SeesAsync(string what, TimeSpan patience, Func<JsonNode, bool> isMeant, params (string Key, string Value)[] annotations) =>
        Soon.TrueAsync(what, patience, async () => isMeant(await DryRunAsync(annotations)));

    public async ValueTask DisposeAsync() => await Kubectl.TryAsync("delete", "namespace", Name, "--wait=false");

    private string Pod(string name, (string, string)[] annotations) => new JsonObject
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Pod",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = Name, ["annotations"] = Annotations(annotations) },
        ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "app", ["image"] = Image }) },
    }.ToJsonString();

    private static JsonObject Annotations((string Key, string Value)[] annotations) => new(annotations.Select(a => KeyValuePair.Create(a.Key, (JsonNode?)a.Value)));

    // Pods are refused without it, and its controller takes a moment.
    private Task CreateDefaultServiceAccountAsync() => Kubectl.ApplyAsync($$"""{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default", "namespace": "{{Name}}"} }""");
}
