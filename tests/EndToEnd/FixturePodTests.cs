using System.Globalization;
using Spanhook.Manifests;

namespace Spanhook.EndToEnd;

/// <summary>
/// Every case of tests/Fixtures through the real API server: a pod is accepted with the webhook if and only if it is accepted without, and what is
/// stored is what the engine makes of it in process. Each case has a namespace of its own; those with policies, which count everywhere, are left out.
/// </summary>
public sealed class FixturePodTests(TestCluster cluster)
{
    private const string CaseKey = "spanhook.test/case";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // One kubectl sends no more than 50 requests in a second.
    private const int AtOnce = 6;

    [ClusterTheory]
    [InlineData("privileged")]
    [InlineData("restricted")]
    public async Task Injected_pods_are_accepted_where_the_pods_alone_are(string level)
    {
        await cluster.RunWebhookAsync();
        var cases = Case.All.Select(Case.Named).Where(one => !HasPolicy(one)).Select((one, i) => new Placed(one, string.Create(CultureInfo.InvariantCulture, $"case-{level}-{i}"), level)).ToList();
        Assert.True(cases.Count > 100, $"only {cases.Count} cases were found");
        await PlaceAsync(cases, level);

        var (alone, _) = await CreateAsync(cases.Select(one => one.Pod(Placed.Off(level))));
        var (injected, errors) = await CreateAsync(cases.Select(one => one.Pod(one.Namespace)));

        var accepted = cases.Where(one => alone.ContainsKey(one.Name)).ToList();
        Assert.True(accepted.Count > 100, $"only {accepted.Count} pods are accepted without the webhook");
        var refused = accepted.Where(one => !injected.ContainsKey(one.Name)).Select(one => one.Name).ToList();
        Assert.True(refused.Count == 0, $"{refused.Count} of {accepted.Count} pods are refused because they were injected: {string.Join(", ", refused)}\n{errors}");
        if (level == "privileged") Assert.All(accepted.Where(one => !NamesNamespaces(one.Which)), one => AssertAsExpected(one, injected[one.Name]));
    }

    private static bool HasPolicy(Case one) => ManifestReader.ReadFile(one.ClusterFile).Any(document => document.ToNode()!["kind"]!.GetValue<string>() == "TracingPolicy");

    // Grants name namespaces, which are called otherwise here: such a pod is accepted too, but not as its golden file has it.
    private static bool NamesNamespaces(Case one) => File.ReadAllText(one.ClusterFile).Contains("allowed-namespaces", StringComparison.Ordinal);

    private async Task PlaceAsync(List<Placed> cases, string level)
    {
        var objects = cases.SelectMany(one => one.Objects()).Concat(Placed.OffObjects(level)).ToList();
        foreach (var kind in (string[])["Namespace", "ServiceAccount"])
        {
            foreach (var answer in await InChunksAsync(objects.Where(item => ShippedManifests.IsKind(item, kind)), "apply", "--server-side", "--force-conflicts", "-f", "-")) Assert.True(answer.Succeeded, answer.Error);
        }

        // What the schema refuses cannot be in a cluster; such a case is one without its Instrumentation here.
        await InChunksAsync(objects.Where(item => ShippedManifests.IsKind(item, "Instrumentation")), "create", "-f", "-");
        var last = await TestNamespace.CreateAsync(cluster, "last-" + level);
        await using (last)
        {
            await last.ApplyInstrumentationAsync();
            await last.SeesAsync("the last Instrumentation", Patience, PodView.IsInjected, (PodView.InjectJava, "true"));
        }
    }

    // Dry runs; kubectl goes on after a refusal.
    private async Task<(Dictionary<string, JsonNode> Pods, string Errors)> CreateAsync(IEnumerable<JsonNode> pods)
    {
        var answers = await InChunksAsync(pods, "create", "--dry-run=server", "--validate=ignore", "-o", "json", "-f", "-");
        var created = answers.SelectMany(answer => answer.Documents()).ToDictionary(pod => pod["metadata"]!["annotations"]![CaseKey]!.GetValue<string>(), StringComparer.Ordinal);
        return (created, string.Join('\n', answers.SelectMany(answer => answer.Error.Split('\n')).Where(line => !line.StartsWith("Warning:", StringComparison.Ordinal))));
    }

    private Task<KubectlResult[]> InChunksAsync(IEnumerable<JsonNode> objects, params string[] arguments)
    {
        var all = objects.ToList();
        return Task.WhenAll(all.Chunk((all.Count / AtOnce) + 1).Select(chunk => cluster.Kubectl.TryWithAsync(string.Concat(chunk.Select(item => item.ToJsonString() + "\n")), arguments)));
    }

    // The API server's own defaulting is not ours to repeat: what counts is what we added.
    private static void AssertAsExpected(Placed one, JsonNode stored)
    {
        var golden = ManifestReader.ReadFile(one.Which.GoldenPodFile).Single().ToNode()!;
        Assert.Equal(PodView.MarkOf(golden)?.Replace("/shop/", $"/{one.Namespace}/", StringComparison.Ordinal), PodView.MarkOf(stored));
        foreach (var list in (string[])["initContainers", "containers"])
            Assert.Equal(Names(golden["spec"]![list]), Names(stored["spec"]![list]));
        Assert.Equal(Variables(golden), Variables(stored));
    }

    private static IEnumerable<string> Names(JsonNode? items) => (items as JsonArray ?? []).Select(item => item!["name"]!.GetValue<string>());

    private static IEnumerable<string> Variables(JsonNode pod) => pod["spec"]!["containers"]!.AsArray()
        .SelectMany(container => Names(container!["env"]).Select(variable => $"{container["name"]}: {variable}"));

    /// <summary>A case with its namespace called otherwise.</summary>
    private sealed record Placed(Case Which, string Namespace, string Level)
    {
        public string Name => Which.Name;

        /// <summary>Where the API server does not ask the webhook.</summary>
        public static string Off(string level) => $"case-{level}-off";

        public static IEnumerable<JsonObject> OffObjects(string level) => [NamespaceOf(Off(level), level, "disabled"), AccountOf(Off(level))];

        public IEnumerable<JsonObject> Objects()
        {
            var written = ManifestReader.ReadFile(Which.ClusterFile).Select(document => document.ToNode()!.AsObject()).ToList();
            var own = written.Find(item => ShippedManifests.IsKind(item, "Namespace") && NameOf(item) == Which.Namespace);
            var instrumentations = written.Where(item => ShippedManifests.IsKind(item, "Instrumentation")).ToList();
            var isShared = instrumentations.ConvertAll(Move).Contains(true);
            yield return NamespaceOf(Namespace, Level, "enabled", own?["metadata"]!["annotations"]?.DeepClone());
            yield return AccountOf(Namespace);
            if (isShared) yield return NamespaceOf(Another, Level, "disabled");
            foreach (var item in instrumentations) yield return item;
        }

        public JsonNode Pod(string ns)
        {
            var pod = Which.Pod();
            var metadata = pod["metadata"]!.AsObject();
            metadata["namespace"] = ns;
            if (metadata["annotations"] is not JsonObject annotations) metadata["annotations"] = annotations = [];
            annotations[CaseKey] = Name;
            if (Level != "privileged") Harden(pod["spec"]!.AsObject());
            return pod;
        }

        // Of Instrumentations that another namespace shares.
        private string Another => Namespace + "-other";

        private bool Move(JsonObject item)
        {
            var metadata = item["metadata"]!.AsObject();
            var isElsewhere = metadata["namespace"]?.GetValue<string>() != Which.Namespace;
            metadata["namespace"] = isElsewhere ? Another : Namespace;
            return isElsewhere;
        }

        private static string NameOf(JsonNode item) => item["metadata"]!["name"]!.GetValue<string>();

        private static JsonObject NamespaceOf(string name, string level, string injection, JsonNode? annotations = null) => new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Namespace",
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["annotations"] = annotations,
                ["labels"] = new JsonObject { ["spanhook.dev/injection"] = injection, ["pod-security.kubernetes.io/enforce"] = level },
            },
        };

        private static JsonObject AccountOf(string ns) => new() { ["apiVersion"] = "v1", ["kind"] = "ServiceAccount", ["metadata"] = new JsonObject { ["name"] = "default", ["namespace"] = ns } };

        // As a team writes its pods where the level asks for it.
        private static void Harden(JsonObject spec)
        {
            spec.TryAdd("securityContext", new JsonObject { ["runAsNonRoot"] = true, ["runAsUser"] = 1000, ["seccompProfile"] = new JsonObject { ["type"] = "RuntimeDefault" } });
            foreach (var container in (spec["initContainers"] as JsonArray ?? []).Concat(spec["containers"]!.AsArray()))
                container!.AsObject().TryAdd("securityContext", new JsonObject { ["allowPrivilegeEscalation"] = false, ["capabilities"] = new JsonObject { ["drop"] = new JsonArray("ALL") } });
        }
    }
}
