using System.Text.Json.Nodes;
using Spanhook.Manifests;

namespace Spanhook.Demo;

/// <summary>A Deployment of <c>samples/workloads</c>, and what must come of its pod.</summary>
/// <param name="File">The file in <c>samples/workloads</c>.</param>
/// <param name="Hash">The hash of its pod template, which names the ReplicaSet.</param>
/// <param name="Checks">What must be true of the pod that is stored, each with the words for it.</param>
internal sealed record Workload(string File, string Hash, params IReadOnlyList<(string Words, Func<InjectedPod, bool> IsTrue)> Checks)
{
    public static readonly IReadOnlyList<Workload> All =
    [
        new("vllm.yaml", "5d4c9f8b7d",
            ("args have --otlp-traces-endpoint=", pod => pod.Words("args").Any(word => word.StartsWith("--otlp-traces-endpoint=", StringComparison.Ordinal))),
            ("OTEL_SERVICE_NAME is the Deployment's name", pod => pod.Env("OTEL_SERVICE_NAME") == "llama-70b")),
        new("java.yaml", "6f8b9d7c54",
            ("an init container brings the agent", pod => pod.InitContainers.Any(name => name.Contains("java", StringComparison.Ordinal))),
            ("JAVA_TOOL_OPTIONS loads it and keeps what was there", pod => pod.Env("JAVA_TOOL_OPTIONS") is { } options
                && options.Contains("-javaagent:", StringComparison.Ordinal) && options.Contains("-XX:MaxRAMPercentage=75", StringComparison.Ordinal)),
            ("OTEL_SERVICE_NAME is the Deployment's name", pod => pod.Env("OTEL_SERVICE_NAME") == "checkout")),
    ];

    /// <summary>The template of the Deployment in the file.</summary>
    /// <exception cref="ManifestException">The file cannot be used.</exception>
    /// <exception cref="DemoException">It holds no Deployment.</exception>
    public WorkloadTemplate Read(string folder)
    {
        var file = Path.Combine(folder, File);
        foreach (var document in ManifestReader.ReadFile(file))
        {
            foreach (var item in ManifestObject.In(document, document.ToNode()))
            {
                if (item.Kind == "Deployment") return WorkloadTemplate.Of(item).Single();
            }
        }

        throw new DemoException($"{file} holds no Deployment");
    }
}

/// <summary>The pod that is stored, read for the checks; its only container is the application's.</summary>
internal sealed class InjectedPod(JsonNode pod)
{
    public IEnumerable<string> InitContainers => (pod["spec"]?["initContainers"] as JsonArray ?? []).Select(container => container?["name"]?.GetValue<string>() ?? "");

    public IEnumerable<string> Words(string field) => (Container[field] as JsonArray ?? []).Select(word => word!.GetValue<string>());

    /// <summary>The literal value of a variable; null when there is none.</summary>
    public string? Env(string name) => (Container["env"] as JsonArray ?? []).FirstOrDefault(entry => entry!["name"]!.GetValue<string>() == name)?["value"]?.GetValue<string>();

    private JsonNode Container => pod["spec"]!["containers"]![0]!;
}
