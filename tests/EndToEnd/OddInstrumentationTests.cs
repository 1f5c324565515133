using System.Globalization;
using System.Text.Json;
using Spanhook.Api;
using Spanhook.Api.OpenTelemetry;
using Spanhook.Injection.Cluster;
using Spanhook.Manifests;

namespace Spanhook.EndToEnd;

/// <summary>The API server's own checks are the judge of ours: no value of an Instrumentation, and no pod, makes an injected pod that it refuses.</summary>
public sealed class OddInstrumentationTests(TestCluster cluster)
{
    private const string Key = "spanhook.test/which";
    private const string Prefix = "instrumentation.opentelemetry.io/";
    private const string Claim = "volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi} } } }";

    private static readonly string[] Languages = ["java", "nodejs", "python", "dotnet", "go", "apache-httpd", "nginx", "sdk"];

    /// <summary>Members of a pod's spec or metadata that matter to what is added, and the spec of the Instrumentation that they meet.</summary>
    public static TheoryData<string, string, string> OddPods => new()
    {
        { "pod resources below ours", "spec: {resources: {limits: {cpu: 20m, memory: 20Mi}, requests: {cpu: 10m, memory: 10Mi} } }", "" },
        { "pod resources and a claim", "spec: {resources: {limits: {cpu: 20m} }, resourceClaims: [{name: a, resourceClaimName: b}]}", "java: {resources: {claims: [{name: a}]} }" },
        { "pod limits only", "spec: {resources: {limits: {cpu: 20m} } }", "" },
        { "a claim that it has", "spec: {resourceClaims: [{name: a, resourceClaimName: b}]}", "java: {resources: {claims: [{name: a}]} }" },
        { "hostPID", "spec: {hostPID: true}", "" },
        { "hostUsers", "spec: {hostUsers: false}", "" },
        { "linux by name", "spec: {os: {name: linux} }", "initContainerSecurityContext: {runAsUser: 5}" },
        { "a long name", $"metadata: {{name: {new string('p', 250)}}}", $"java: {{{Claim}}}" },
        { "full of annotations", $"metadata: {{annotations: {{full: '{new string('x', 262_000)}'}} }}", "" },
        { "a name with a NUL", "metadata: {annotations: {resource.opentelemetry.io/service.name: \"a\\0b\"} }", "" },
        { "a container of the agent's name", "spec: {containers: [{name: app, image: a}, {name: opentelemetry-auto-instrumentation-java, image: a}]}", "" },
        { "a container of the clone's name", "spec: {containers: [{name: app, image: a}, {name: otel-agent-source-container-clone, image: a}]}", "" },
        { "a container of the attaching one's name", "spec: {containers: [{name: app, image: a}, {name: otel-agent-attach-nginx, image: a}]}", "" },
        { "a container of an extension's name", "spec: {containers: [{name: app, image: a}, {name: opentelemetry-auto-instrumentation-extension-0, image: a}]}", "java: {extensions: [{image: a, dir: /a}]}" },
        { "a marker and a clone", "metadata: {annotations: {spanhook.dev/injected: 'nginx/app=x,apache-httpd/app=x,java/app=x,go/app=x'} }\nspec: {initContainers: [{name: otel-agent-source-container-clone, image: a}]}", "" },
        { "a marker and the agent's name", "metadata: {annotations: {spanhook.dev/injected: 'java/app=x'} }\nspec: {containers: [{name: app, image: a}, {name: opentelemetry-auto-instrumentation-java, image: a}]}", "" },
        { "a mount at the source", "spec: {containers: [{name: app, image: a, volumeMounts: [{name: v, mountPath: /opt/opentelemetry-webserver/source-conf}]}], volumes: [{name: v, emptyDir: {} }]}", "" },
        { "mounts to both sides", "spec: {containers: [{name: app, image: a, securityContext: {privileged: true}, volumeMounts: [{name: v, mountPath: /v, mountPropagation: Bidirectional}]}], volumes: [{name: v, hostPath: {path: /v} }]}", "initContainerSecurityContext: {runAsNonRoot: true}" },
        { "mounts to both sides, privileged", "spec: {containers: [{name: app, image: a, securityContext: {privileged: true}, volumeMounts: [{name: v, mountPath: /v, mountPropagation: Bidirectional}]}], volumes: [{name: v, hostPath: {path: /v} }]}", "" },
        { "a device at the agent's place", "spec: {containers: [{name: app, image: a, volumeDevices: [{name: v, devicePath: /otel-auto-instrumentation-java-app}]}], volumes: [{name: v, persistentVolumeClaim: {claimName: c} }]}", "" },
        { "a claim's name twice", "spec: {volumes: [{name: opentelemetry-auto-instrumentation-java, emptyDir: {} }]}", $"java: {{{Claim}}}" },
    };

    [ClusterFact]
    public async Task No_Instrumentation_makes_a_pod_that_the_API_server_refuses_whatever_the_schema_let_through()
    {
        var injected = new Dictionary<string, JsonNode>(StringComparer.Ordinal);
        var refused = new HashSet<string>(StringComparer.Ordinal);
        foreach (var spec in OddSpecs.All)
        {
            foreach (var language in LanguagesOf(spec))
            {
                if (Inject(spec, language, Pod(language)) is { } pod) injected.Add($"{language}: {spec}", pod);
                else refused.Add(spec);
            }
        }

        Assert.True(injected.Count > 100 && refused.Count > 100, $"{injected.Count} pods are injected, {refused.Count} specs refused");
        await AreAcceptedAsync("unschemed", injected);
    }

    [ClusterFact]
    public async Task No_pod_is_refused_for_what_is_added_to_it()
    {
        var alone = new Dictionary<string, JsonNode>(StringComparer.Ordinal);
        var injected = new Dictionary<string, JsonNode>(StringComparer.Ordinal);
        foreach (var row in OddPods)
        {
            var (name, pod, spec) = row.Data;
            alone.Add(name, Pod("none", pod));
            foreach (var language in Languages)
            {
                if (Inject(spec, language, Pod(language, pod)) is { } made) injected.Add($"{language}: {name}", made);
            }
        }

        Assert.True(injected.Count > alone.Count, $"only {injected.Count} pods are injected");
        await AreAcceptedAsync("alone", alone);
        await AreAcceptedAsync("odd-pods", injected);
    }

    [ClusterFact]
    public async Task An_Instrumentation_never_makes_a_pod_that_is_refused()
    {
        await cluster.RunWebhookAsync();
        await using var ns = await TestNamespace.CreateAsync(cluster, "odd");
        var objects = OddSpecs.All.Select((spec, i) => Text("Instrumentation", NameOf(i), ns.Name, spec));
        var made = await cluster.Kubectl.TryWithAsync(string.Join("---\n", objects), "create", "-o", "name", "-f", "-");
        await ns.ApplyInstrumentationAsync("last");
        await ns.SeesAsync("the last Instrumentation", TimeSpan.FromSeconds(20), PodView.IsInjected, (PodView.InjectJava, "last"));

        // What the schema refused is not there: that is better still.
        var names = made.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[(line.IndexOf('/', StringComparison.Ordinal) + 1)..]).ToList();
        Assert.True(names.Count > 30, $"only {names.Count} Instrumentations were made: {made.Error}");
        var pods = names.SelectMany(name => LanguagesOf(SpecOf(name)).Select(language => (Name: $"{name}-{language}", Pod: Pod(language, choice: name)))).ToDictionary(p => p.Name, p => p.Pod, StringComparer.Ordinal);
        await AreAcceptedAsync(ns.Name, pods, SpecOf);
    }

    private async Task AreAcceptedAsync(string ns, Dictionary<string, JsonNode> pods, Func<string, string>? describe = null)
    {
        if (describe is null)
        {
            ns = cluster.NewName(ns);
            await cluster.Kubectl.ApplyAsync($"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {ns}, labels: {{spanhook.dev/injection: disabled}} }}\n---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {{name: default, namespace: {ns}}}\n");
        }

        var numbers = pods.Keys.Select((name, i) => (name, i)).ToDictionary(one => one.name, one => one.i.ToString(CultureInfo.InvariantCulture), StringComparer.Ordinal);
        var text = string.Concat(pods.Select(one =>
        {
            var pod = one.Value.DeepClone();
            pod["metadata"]!["namespace"] = ns;
            pod["metadata"]!["labels"] ??= new JsonObject();
            pod["metadata"]!["labels"]![Key] = numbers[one.Key];
            return pod.ToJsonString() + "\n";
        }));
        var answer = await cluster.Kubectl.TryWithAsync(text, "create", "--dry-run=server", "--validate=ignore", "-o", "json", "-f", "-");
        var accepted = answer.Documents().Select(pod => pod["metadata"]!["labels"]![Key]!.GetValue<string>()).ToHashSet(StringComparer.Ordinal);
        var refused = pods.Keys.Where(name => !accepted.Contains(numbers[name])).Select(name => $"{name} {describe?.Invoke(name)}").ToList();
        var errors = string.Join('\n', answer.Error.Split('\n').Where(line => !line.StartsWith("Warning:", StringComparison.Ordinal)));
        Assert.True(refused.Count == 0, $"{refused.Count} of {pods.Count} pods are refused:\n{string.Join('\n', refused)}\n{errors}");
    }

    private static string NameOf(int index) => string.Create(CultureInfo.InvariantCulture, $"odd-{index:000}");

    private static string SpecOf(string name) => OddSpecs.All[int.Parse(name.AsSpan(4, 3), CultureInfo.InvariantCulture)];

    // What stands in a language's section matters to that language; anything else to all, of which these have every kind of edit.
    private static string[] LanguagesOf(string spec) =>
        Languages.FirstOrDefault(language => spec.StartsWith(language.Replace("-h", "H", StringComparison.Ordinal) + ":", StringComparison.Ordinal)) is { } one ? [one] : ["java", "go", "nginx", "sdk"];

    private static string Text(string kind, string name, string ns, string spec) =>
        $"apiVersion: opentelemetry.io/v1alpha1\nkind: {kind}\nmetadata: {{name: {name}, namespace: {ns}}}\nspec: {{{spec} }}\n";

    // In process and as from manifests: there is no schema in the way.
    private static JsonNode? Inject(string spec, string language, JsonNode pod)
    {
        var node = Read(Text("Instrumentation", "odd", "shop", spec));
        Instrumentation instrumentation;
        try
        {
            instrumentation = node.Deserialize(ApiJsonContext.Default.Instrumentation)!;
        }
        catch (JsonException)
        {
            return null; // read by nobody
        }

        var snapshot = ClusterSnapshot.Compile(new() { Instrumentations = [instrumentation], Policies = [new() { Metadata = new() { Name = "go" }, Spec = new() { PrivilegedInjection = new() { AllowedNamespaces = ["*"] } } }] });
        var injected = Injected.From(pod.ToJsonString(), "shop", snapshot);
        if (injected.Patch.Length > 0) return injected.Pod;
        Assert.All(injected.Result.Decisions, decision => Assert.NotEqual("not_requested", decision.Reason.Code));
        return null;
    }

    private static JsonNode Pod(string language, string? odd = null, string choice = "odd")
    {
        var pod = odd is null ? new JsonObject() : Read(odd).AsObject();
        pod["apiVersion"] = "v1";
        pod["kind"] = "Pod";
        var metadata = (JsonObject)(pod["metadata"] ??= new JsonObject());
        metadata["name"] ??= "probe";
        var annotations = (JsonObject)(metadata["annotations"] ??= new JsonObject());
        annotations[$"{Prefix}inject-{language}"] = choice;
        annotations[$"{Prefix}otel-go-auto-target-exe"] = "/app";
        var spec = (JsonObject)(pod["spec"] ??= new JsonObject());
        spec["containers"] ??= new JsonArray(new JsonObject { ["name"] = "app", ["image"] = "registry.example/web:1.0" });
        return pod;
    }

    private static JsonNode Read(string yaml) => ManifestReader.Parse(yaml, "odd").Single().ToNode()!;
}
