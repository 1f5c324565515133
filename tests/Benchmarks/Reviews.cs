using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spanhook.Api;
using Spanhook.Injection.Cluster;
using Spanhook.Manifests;
using Spanhook.Support;

namespace Spanhook.Benchmarks;

/// <summary>The AdmissionReviews that are measured, as an API server writes them, and the cluster that they meet. Always the same bytes.</summary>
internal static class Reviews
{
    /// <summary>The size of an ordinary review: a pod of one container with probes, a token volume and its managed fields.</summary>
    public const int OrdinarySize = 10 * 1024;

    /// <summary>The manifests of <see cref="Cluster"/>, for a server that is started with them.</summary>
    public static string Manifests { get; } = string.Join("\n---\n", Enumerable.Range(0, 2).Select(i => ReviewBuilder.Instrumentation($"team-{i}")).Prepend(ReviewBuilder.Instrumentation(ReviewBuilder.Namespace)));

    /// <summary>What the webhook knows: two Instrumentations in other namespaces and the one that is used.</summary>
    public static ClusterSnapshot Cluster { get; } = ClusterSnapshot.Compile(ClusterObjects());

    /// <summary>An ordinary pod that asks for nothing.</summary>
    public static byte[] NotSelected() => Ordinary(variables => ReviewBuilder.Pod([ReviewBuilder.Application("app", variables)]));

    /// <summary>An ordinary pod that asks for the Java agent.</summary>
    public static byte[] OneContainer() => Ordinary(variables => ReviewBuilder.Pod([ReviewBuilder.Application("app", variables)], ("inject-java", "true")));

    /// <summary>An ordinary pod that runs vLLM and asks for its traces.</summary>
    public static byte[] Vllm() => Ordinary(variables =>
    {
        var engine = ReviewBuilder.Application("engine", variables);
        engine["image"] = "docker.io/vllm/vllm-openai:v0.22.0";
        engine["command"] = new JsonArray("vllm", "serve");
        engine["args"] = new JsonArray("Qwen/Qwen2.5-0.5B-Instruct", "--port", "8000", "--max-model-len", "8192", "--gpu-memory-utilization", "0.92");
        return ReviewBuilder.Pod([engine], ("inject-vllm", "true"));
    });

    /// <summary>As <see cref="Vllm"/>, started by a shell script of 4 KB as the field's are: exports, a loop that waits, a branch, the server at its end.</summary>
    public static byte[] VllmScript() => Ordinary(variables =>
    {
        var engine = ReviewBuilder.Application("engine", variables);
        engine["image"] = "docker.io/vllm/vllm-openai:v0.22.0";
        engine["command"] = new JsonArray("bash", "-c");
        engine["args"] = new JsonArray(Script());
        return ReviewBuilder.Pod([engine], ("inject-vllm", "true"));
    });

    private static string Script()
    {
        var script = new System.Text.StringBuilder("set -euo pipefail\n");
        for (var i = 0; script.Length < 3400; i++)
            script.Append(CultureInfo.InvariantCulture, $"# Device {i}\nexport NCCL_IB_HCA_{i}=\"${{NCCL_IB_HCA:-mlx5_{i}}}\"\nif [ -n \"$RANK_{i}\" ]; then echo \"rank $RANK_{i} of {i}\"; fi\n");
        script.Append("until curl -sf http://head:8265 > /dev/null 2>&1; do sleep 2; done\nexec vllm serve Qwen/Qwen3-32B \\\n");
        for (var i = 0; script.Length < 4060; i++) script.Append(CultureInfo.InvariantCulture, $"  --option-{i} 'value {i}' \\\n");
        return script.Append("  --port 8000\n").ToString();
    }

    /// <summary>100 containers of 40 variables each, of which <paramref name="targets"/> ask for the Java agent; 32 is as many as a pod may name.</summary>
    public static byte[] Wide(int targets)
    {
        var names = Enumerable.Range(0, 100).Select(i => string.Create(CultureInfo.InvariantCulture, $"app-{i}")).ToList();
        var pod = ReviewBuilder.Pod([.. names.Select(name => ReviewBuilder.Application(name, 40))], ("inject-java", "true"), ("java-container-names", string.Join(',', names.Take(targets))));
        return JsonSerializer.SerializeToUtf8Bytes<JsonNode>(ReviewBuilder.Review(pod));
    }

    private static ClusterObjects ClusterObjects() => ClusterManifests.From(ManifestReader.Parse(Manifests, "cluster.yaml")).Objects;

    /// <summary>As many variables as make it <see cref="OrdinarySize"/>.</summary>
    private static byte[] Ordinary(Func<int, JsonObject> pod)
    {
        for (var variables = 1; ; variables++)
        {
            var bytes = JsonSerializer.SerializeToUtf8Bytes<JsonNode>(ReviewBuilder.Review(pod(variables)));
            if (bytes.Length >= OrdinarySize) return bytes;
        }
    }
}
