using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Spanhook.Support;

namespace Spanhook.Cli.Tests.Online;

/// <summary><c>check</c> against an API server that shows an installation.</summary>
public sealed class CheckTests
{
    // The tests' clock stands at 2030-01-01.
    private static readonly DateTimeOffset Today = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task The_transcript_of_a_sound_installation_is_golden()
    {
        await using var cluster = await InstalledAsync();
        var run = cluster.Run("check");
        Transcript.AssertMatches("check", ("check", run), ("check -o json", cluster.Run("check", "-o", "json")));
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task The_transcript_of_an_installation_with_much_wrong_is_golden()
    {
        await using var cluster = await InstalledAsync(replicaMetrics: "spanhook_cache_synced 1\nspanhook_ca_bundle_match 0\nspanhook_cert_not_after_seconds 1.9e9\n", allowed: false, injects: false, authorityEnd: Today.AddDays(-1));
        var configuration = cluster.Find("MutatingWebhookConfiguration", "spanhook");
        configuration["webhooks"]![0]!["failurePolicy"] = "Fail";
        configuration["webhooks"]![0]!["timeoutSeconds"] = 30;
        cluster.Put(configuration);
        cluster.CollectionOf("PodDisruptionBudget").Delete("spanhook/spanhook");
        cluster.Server.Collection("/apis/apiextensions.k8s.io/v1/customresourcedefinitions").Delete("tracingpolicies.spanhook.dev");
        var run = cluster.Run("check");
        Transcript.AssertMatches("check-fails", ("check", run));
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task The_transcript_of_somebody_who_may_not_look_is_golden()
    {
        await using var cluster = await InstalledAsync();
        var answer = cluster.Server.Fault;
        cluster.Server.Fault = request => request.Path == "/version" ? answer(request) : FakeFault.Answer(403, "Forbidden");
        var run = cluster.Run("check");
        Transcript.AssertMatches("check-forbidden", ("check", run));
    }

    [Theory]
    [InlineData("spanhook_cache_synced 0\n", "FAIL", "has not loaded the cluster's objects")]
    [InlineData("spanhook_cache_synced 1\nspanhook_ca_bundle_match 1\n", "WARN", "serves no certificate yet")]
    [InlineData("spanhook_cert_not_after_seconds 1893369600\n", "FAIL", "expired")]
    [InlineData("spanhook_cert_not_after_seconds 1893542400\n", "WARN", "until 2030-01-02")]
    [InlineData("spanhook_cert_not_after_seconds 1.8942336e9\nspanhook_cache_stale_seconds 900\n", "WARN", "15 min old")]
    [InlineData("# HELP x y\nspanhook_cert_not_after_seconds 1.8942336e9\nspanhook_cache_stale_seconds 0\nx{a=\"b\"} 1\n", "OK", "certificate until 2030-01-10")]
    public async Task A_replica_is_judged_by_its_metrics(string metrics, string result, string text)
    {
        await using var cluster = await InstalledAsync(metrics);
        var check = cluster.Run("check", "-o", "json").Json.AsArray().Single(item => item!["check"]!.GetValue<string>() == "replica spanhook-a")!;
        Assert.Equal(result, check["result"]!.GetValue<string>());
        Assert.Contains(text, check["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "FAIL", "has none")]
    [InlineData("bm8gY2VydGlmaWNhdGU=", "FAIL", "no certificate in PEM")]
    [InlineData("no base64!", "FAIL", "no certificate in PEM")]
    public async Task A_caBundle_that_cannot_be_used_fails(string? bundle, string result, string text)
    {
        await using var cluster = await InstalledAsync();
        var configuration = cluster.Find("MutatingWebhookConfiguration", "spanhook");
        configuration["webhooks"]![0]!["clientConfig"]!["caBundle"] = bundle;
        cluster.Put(configuration);
        var check = cluster.Run("check", "-o", "json").Json.AsArray().Single(item => item!["check"]!.GetValue<string>() == "caBundle")!;
        Assert.Equal(result, check["result"]!.GetValue<string>());
        Assert.Contains(text, check["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_replica_the_Secret_tells_whether_the_API_server_trusts_what_is_signed()
    {
        await using var cluster = await InstalledAsync();
        cluster.CollectionOf("Pod").Delete("spanhook/spanhook-a");
        Assert.Equal("OK", Served(cluster.Run("check", "-o", "json")));
        cluster.Put(Secret(Authority(Today.AddDays(100))));
        Assert.Equal("FAIL", Served(cluster.Run("check", "-o", "json")));
        cluster.CollectionOf("Secret").Delete("spanhook/spanhook-ca");
        Assert.Equal("WARN", Served(cluster.Run("check", "-o", "json")));
    }

    [Fact]
    public async Task The_dry_run_pod_is_not_stored()
    {
        await using var cluster = await InstalledAsync();
        cluster.Run("check");
        Assert.Empty(cluster.CollectionOf("Pod").Copy().Where(pod => pod["metadata"]!["namespace"]!.GetValue<string>() == "ml"));
        Assert.Equal("All", cluster.Server.Requests.Single(request => request.Method == "POST" && request.Path.EndsWith("/pods", StringComparison.Ordinal)).Query["dryRun"]);
    }

    private static string Served(CliRun run) => run.Json.AsArray().Single(item => item!["check"]!.GetValue<string>() == "served certificate")!["result"]!.GetValue<string>();

    private static async Task<OnlineCluster> InstalledAsync(
        string replicaMetrics = "spanhook_cache_synced 1\nspanhook_cache_stale_seconds 0\nspanhook_ca_bundle_match 1\nspanhook_cert_not_after_seconds 1894233600\n",
        bool allowed = true, bool injects = true, DateTimeOffset? authorityEnd = null)
    {
        var cluster = await OnlineCluster.StartAsync();
        var authority = Authority(authorityEnd ?? Today.AddDays(200));
        var configuration = cluster.Find("MutatingWebhookConfiguration", "spanhook");
        configuration["webhooks"]![0]!["clientConfig"]!["caBundle"] = authority;
        cluster.Put(configuration);
        cluster.Put(Secret(authority));
        cluster.Apply("""
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: spanhook, namespace: spanhook}
            spec: {replicas: 2, selector: {matchLabels: {app: spanhook} } }
            status: {availableReplicas: 2}
            ---
            apiVersion: policy/v1
            kind: PodDisruptionBudget
            metadata: {name: spanhook, namespace: spanhook}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: spanhook-a, namespace: spanhook, labels: {app: spanhook} }
            status: {phase: Running}
            """);
        AddDefinitions(cluster);
        cluster.Server.Serve("/apis/authorization.k8s.io/v1/subjectaccessreviews", "SubjectAccessReview").Admit = review =>
        {
            review["status"] = new JsonObject { ["allowed"] = allowed };
            return review;
        };
        if (injects) cluster.CollectionOf("Pod").Admit = pod => Pods.Inject(pod, "ml", "http://collector:4318");
        cluster.Server.Fault = request => request.Path switch
        {
            "/version" => new FakeFault { Status = 200, Text = """{"gitVersion":"v1.36.0"}""" },
            "/api/v1/namespaces/spanhook/pods/spanhook-a:9464/proxy/metrics" => new FakeFault { Status = 200, Text = replicaMetrics },
            _ => null,
        };
        return cluster;
    }

    private static void AddDefinitions(OnlineCluster cluster)
    {
        var definitions = cluster.Server.Serve("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", "CustomResourceDefinition");
        foreach (var name in (string[])["instrumentations.opentelemetry.io", "tracingpolicies.spanhook.dev"])
        {
            definitions.Put(new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = name },
                ["spec"] = new JsonObject
                {
                    ["versions"] = new JsonArray(new JsonObject { ["name"] = "v1alpha1", ["served"] = true, ["subresources"] = new JsonObject { ["status"] = new JsonObject() } }),
                },
                ["status"] = new JsonObject { ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Established", ["status"] = "True" }) },
            });
        }
    }

    private static JsonObject Secret(string authority) => new()
    {
        ["kind"] = "Secret",
        ["metadata"] = new JsonObject { ["name"] = "spanhook-ca", ["namespace"] = "spanhook" },
        ["data"] = new JsonObject { ["ca.crt"] = authority },
    };

    /// <summary>PEM, as the API server has it in base64.</summary>
    private static string Authority(DateTimeOffset end)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=spanhook", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        using var certificate = request.CreateSelfSigned(end.AddDays(-365), end);
        return Convert.ToBase64String(Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()));
    }
}
