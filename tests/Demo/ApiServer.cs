using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spanhook.Demo;

/// <summary>What the webhook answered.</summary>
/// <param name="Patch">The JSON Patch; empty when there is none.</param>
/// <param name="Audit">The audit annotation.</param>
/// <param name="Warnings">What kubectl would show.</param>
internal sealed record Answer(byte[] Patch, string? Audit, IReadOnlyList<string> Warnings);

/// <summary>What an API server does with a new pod: asks the webhook over HTTPS, trusting one authority and no other.</summary>
internal sealed class ApiServer : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10); // that of a webhook configuration, by default

    private readonly Uri _url;
    private readonly HttpClient _client;

    public ApiServer(Uri url, string caFile)
    {
        _url = url;
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.ImportFromPemFile(caFile);
        var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.CertificateChainPolicy = trust;
        _client = new HttpClient(handler) { Timeout = Timeout, DefaultRequestVersion = HttpVersion.Version20 };
    }

    /// <summary>The AdmissionReview for the creation of this pod.</summary>
    public static JsonObject Review(JsonObject pod, string ns, string uid) => new()
    {
        ["kind"] = "AdmissionReview",
        ["apiVersion"] = "admission.k8s.io/v1",
        ["request"] = new JsonObject
        {
            ["uid"] = uid,
            ["kind"] = Kind(),
            ["resource"] = Resource(),
            ["requestKind"] = Kind(),
            ["requestResource"] = Resource(),
            ["namespace"] = ns,
            ["operation"] = "CREATE",
            ["userInfo"] = new JsonObject
            {
                ["username"] = "system:serviceaccount:kube-system:replicaset-controller",
                ["groups"] = new JsonArray("system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated"),
            },
            ["object"] = pod.DeepClone(),
            ["oldObject"] = null,
            ["dryRun"] = false,
            ["options"] = new JsonObject { ["kind"] = "CreateOptions", ["apiVersion"] = "meta.k8s.io/v1" },
        },
    };

    /// <exception cref="DemoException">It is not ready in time.</exception>
    public async Task WaitUntilReadyAsync(CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < 50; attempt++)
        {
            using var response = await _client.GetAsync(new Uri(_url, "/readyz"), cancellation);
            if (response.IsSuccessStatusCode) return;
            await Task.Delay(100, cancellation);
        }

        throw new DemoException("the server is not ready after 5 s");
    }

    /// <exception cref="DemoException">The answer is not one that an API server would take, or the pod is not allowed.</exception>
    public async Task<Answer> AskAsync(JsonObject review, CancellationToken cancellation)
    {
        using var body = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes<JsonNode>(review));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await _client.PostAsync(_url, body, cancellation);
        var text = await response.Content.ReadAsStringAsync(cancellation);
        if (response.StatusCode != HttpStatusCode.OK) throw new DemoException($"the server answered {(int)response.StatusCode}: {text.Trim()}");

        var answer = JsonNode.Parse(text)?["response"] ?? throw new DemoException("the server's answer has no response");
        if (answer["uid"]?.GetValue<string>() != review["request"]!["uid"]!.GetValue<string>()) throw new DemoException("the answer repeats another uid than the request's");
        if (answer["allowed"]?.GetValue<bool>() != true) throw new DemoException("the pod was not allowed");
        if (answer["patch"] is not null && answer["patchType"]?.GetValue<string>() != "JSONPatch") throw new DemoException("the answer has a patch without patchType: JSONPatch");
        return new Answer(
            Convert.FromBase64String(answer["patch"]?.GetValue<string>() ?? ""),
            answer["auditAnnotations"]?["decision"]?.GetValue<string>(),
            [.. (answer["warnings"] as JsonArray ?? []).Select(warning => warning!.GetValue<string>())]);
    }

    public void Dispose() => _client.Dispose();

    private static JsonObject Kind() => new() { ["group"] = "", ["version"] = "v1", ["kind"] = "Pod" };

    private static JsonObject Resource() => new() { ["group"] = "", ["version"] = "v1", ["resource"] = "pods" };
}
