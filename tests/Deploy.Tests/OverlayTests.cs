using System.Text.Json;

namespace Spanhook.Deploy.Tests;

public sealed class OverlayTests
{
    public static TheoryData<string> All => ["base", "ha", "cert-manager", "opt-in"];

    /// <summary>The whole of RBAC, and the whole webhook configuration: a change of either is one to be read.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void Rights_and_webhook_are_the_golden_ones(string overlay)
    {
        var deployed = Deployed.Overlay(overlay);
        string[] kinds = ["ClusterRole/", "ClusterRoleBinding/", "Role/", "RoleBinding/", "MutatingWebhookConfiguration/"];
        var shown = deployed.Names.Where(n => kinds.Any(k => n.StartsWith(k, StringComparison.Ordinal))).Select(n => deployed[n].ToJsonString(Indented));
        Golden.AssertMatches(RepositoryRoot.PathOf("tests", "Deploy.Tests", "Golden", overlay + ".golden.json"), string.Join('\n', shown) + "\n");
    }

    [Theory]
    [MemberData(nameof(All))]
    public void No_role_creates_anything_but_events_or_reads_pods_or_other_Secrets(string overlay)
    {
        var deployed = Deployed.Overlay(overlay);
        var rules = deployed.Names.Where(n => n.StartsWith("Role/", StringComparison.Ordinal) || n.StartsWith("ClusterRole/", StringComparison.Ordinal))
            .SelectMany(n => deployed[n]["rules"]!.AsArray()).Select(r => r!).ToList();
        Assert.NotEmpty(rules);
        foreach (var rule in rules)
        {
            var (verbs, resources) = (Texts(rule["verbs"]), Texts(rule["resources"]));
            if (resources is ["events"] && verbs is ["create"]) continue;
            Assert.DoesNotContain(verbs, v => v is "create" or "delete" or "deletecollection" or "*" or "bind" or "escalate" or "impersonate");
            Assert.DoesNotContain(resources, r => r is "*" or "pods" or "events" || r.StartsWith("pods/", StringComparison.Ordinal));
            if (resources is ["instrumentations/status" or "tracingpolicies/status"] && verbs is ["patch"]) continue; // of any object, but nothing of its spec
            if (verbs.Intersect(["update", "patch"]).Any() || resources.Contains("secrets") || resources.Contains("configmaps")) Assert.Single(rule["resourceNames"]!.AsArray());
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void The_webhook_can_never_keep_a_pod_from_starting(string overlay)
    {
        var deployed = Deployed.Overlay(overlay);
        var webhook = deployed.Webhook;
        Assert.Equal("pods.spanhook.dev", (string?)webhook["name"]);
        Assert.Equal("Ignore", (string?)webhook["failurePolicy"]);
        Assert.Equal(2, (int)webhook["timeoutSeconds"]!);
        Assert.Null(webhook["clientConfig"]!["caBundle"]);
        var excluded = Texts(webhook["namespaceSelector"]!["matchExpressions"]![0]!["values"]);
        Assert.Superset(new HashSet<string> { "kube-system", "spanhook" }, excluded.ToHashSet());
        Assert.DoesNotContain("default", excluded);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Pods_fit_the_restricted_standard_and_give_up_slowly(string overlay)
    {
        var deployed = Deployed.Overlay(overlay);
        Assert.True((bool)deployed.Pod["securityContext"]!["runAsNonRoot"]!);
        Assert.Equal("RuntimeDefault", (string?)deployed.Pod["securityContext"]!["seccompProfile"]!["type"]);
        var security = deployed.Container["securityContext"]!;
        Assert.True((bool)security["readOnlyRootFilesystem"]!);
        Assert.False((bool)security["allowPrivilegeEscalation"]!);
        Assert.Equal("ALL", Assert.Single(Texts(security["capabilities"]!["drop"])));
        Assert.Null(deployed.Container["resources"]!["limits"]!["cpu"]);

        // preStop, the server's shutdown delay and its drain have to end before the kubelet kills.
        var sleep = (int)deployed.Container["lifecycle"]!["preStop"]!["sleep"]!["seconds"]!;
        Assert.True(sleep + 15 + 10 < (int)deployed.Pod["terminationGracePeriodSeconds"]!);
        var update = deployed["Deployment/spanhook"]["spec"]!["strategy"]!["rollingUpdate"]!;
        Assert.Equal((0, 1), ((int)update["maxUnavailable"]!, (int)update["maxSurge"]!));
        Assert.Equal("restricted", (string?)deployed["Namespace/spanhook"]["metadata"]!["labels"]!["pod-security.kubernetes.io/enforce"]);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Everything_that_refers_to_something_finds_it(string overlay)
    {
        var deployed = Deployed.Overlay(overlay);
        var labels = deployed["Deployment/spanhook"]["spec"]!["template"]!["metadata"]!["labels"]!;
        JsonNode[] selectors =
        [
            deployed["Service/spanhook"]["spec"]!["selector"]!,
            deployed["Deployment/spanhook"]["spec"]!["selector"]!["matchLabels"]!,
            deployed["PodDisruptionBudget/spanhook"]["spec"]!["selector"]!["matchLabels"]!,
            deployed["NetworkPolicy/spanhook"]["spec"]!["podSelector"]!["matchLabels"]!,
            .. deployed.Pod["topologySpreadConstraints"]!.AsArray().Select(c => c!["labelSelector"]!["matchLabels"]!),
        ];
        foreach (var label in selectors.SelectMany(s => s.AsObject())) Assert.Equal((string?)labels[label.Key], (string?)label.Value);

        var ports = deployed.Container["ports"]!.AsArray().ToDictionary(p => (string)p!["name"]!, p => (int)p!["containerPort"]!);
        Assert.Equal(9443, ports[(string)deployed["Service/spanhook"]["spec"]!["ports"]![0]!["targetPort"]!]);
        foreach (var probe in new[] { "startupProbe", "readinessProbe", "livenessProbe" })
            Assert.Equal(9464, ports[(string)deployed.Container[probe]!["httpGet"]!["port"]!]);
        var service = deployed.Webhook["clientConfig"]!["service"]!;
        Assert.Equal(("spanhook", "spanhook", 443), ((string)service["name"]!, (string)service["namespace"]!, (int)service["port"]!));
        Assert.Contains("PriorityClass/" + deployed.Pod["priorityClassName"], deployed.Names);
        Assert.Contains("ServiceAccount/" + deployed.Pod["serviceAccountName"], deployed.Names);
    }

    /// <summary>What the webhook writes comes without content, so that applying again does not take it away.</summary>
    [Fact]
    public void Secret_Lease_and_ConfigMap_are_shipped_empty()
    {
        var deployed = Deployed.Overlay("base");
        Assert.Equal("Opaque", (string?)deployed["Secret/spanhook-ca"]["type"]);
        Assert.Null(deployed["Secret/spanhook-ca"]["data"]);
        Assert.Null(deployed["Secret/spanhook-ca"]["stringData"]);
        Assert.Null(deployed["Lease/spanhook"]["spec"]);
        Assert.Null(deployed["ConfigMap/spanhook-reports"]["data"]);
        Assert.Null(deployed["ConfigMap/spanhook-reports"]["binaryData"]);
    }

    [Fact]
    public void High_availability_keeps_two_of_three_replicas_on_nodes_of_their_own()
    {
        var deployed = Deployed.Overlay("ha");
        Assert.Equal(3, (int)deployed["Deployment/spanhook"]["spec"]!["replicas"]!);
        Assert.Equal(2, (int)deployed["PodDisruptionBudget/spanhook"]["spec"]!["minAvailable"]!);
        Assert.Null(deployed["PodDisruptionBudget/spanhook"]["spec"]!["maxUnavailable"]);
        Assert.Equal("DoNotSchedule", (string?)deployed.Pod["topologySpreadConstraints"]![1]!["whenUnsatisfiable"]);
    }

    [Fact]
    public void With_cert_manager_the_webhook_has_no_Secret_and_writes_no_webhook_configuration()
    {
        var deployed = Deployed.Overlay("cert-manager");
        Assert.DoesNotContain(deployed.Names, n => n is "Secret/spanhook-ca");
        Assert.Equal(["get"], Texts(Assert.Single(deployed["ClusterRole/spanhook"]["rules"]!.AsArray(), r => Texts(r!["resources"]).Contains("mutatingwebhookconfigurations"))!["verbs"]));

        // One replica writes the statuses of all, whoever makes the certificates.
        Assert.Contains("Lease/spanhook", deployed.Names);
        Assert.Equal(["leases", "configmaps"], deployed["Role/spanhook"]["rules"]!.AsArray().Select(r => Assert.Single(Texts(r!["resources"]))));
        var certificate = deployed["Certificate/spanhook"]["spec"]!;
        Assert.Contains("spanhook.spanhook.svc", Texts(certificate["dnsNames"]));
        Assert.Equal((string?)certificate["secretName"], (string?)deployed.Pod["volumes"]![0]!["secret"]!["secretName"]);
        Assert.Equal("spanhook/spanhook", (string?)deployed["MutatingWebhookConfiguration/spanhook"]["metadata"]!["annotations"]!["cert-manager.io/inject-ca-from"]);
        Assert.Contains("--tls-dir=" + deployed.Container["volumeMounts"]![0]!["mountPath"], Texts(deployed.Container["args"]));
    }

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static List<string> Texts(JsonNode? list) => [.. list!.AsArray().Select(v => (string)v!)];
}
