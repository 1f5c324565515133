using System.Text.Json.Nodes;
using Spanhook.Manifests;

namespace Spanhook.Demo;

/// <summary>A Deployment of <c>samples/workloads</c>, and what must come of its pod.</summary>
/// <param name="File">The file in <c>samples/workloads</c>.</param>
/// <param name="Name">The Deployment in it.</param>
/// <param name="Hash">The hash of its pod template, which names the ReplicaSet.</param>
/// <param name="Checks">What must be true of the pod that is stored, each with the words for it.</param>
internal sealed record Workload(string File, string Name, string Hash, params IReadOnlyList<Check> Checks)
{
    private const string VllmFlag = "--otlp-traces-endpoint=";

    public static readonly IReadOnlyList<Workload> All =
    [
        new("vllm.yaml", "llama-70b", "5d4c9f8b7d",
            HasWord("vllm", "args", VllmFlag),
            IsNamed("vllm", "llama-70b")),
        new("llm-d.yaml", "qwen3-decode", "7c9d5b6f84",
            HasWord("vllm", "args", VllmFlag),
            IsNamed("vllm", "vllm-decode"),
            HasWord("routing-proxy", "args", "--tracing=true"),
            IsNamed("routing-proxy", "routing-proxy")),
        new("production-stack.yaml", "vllm-opt125m-deployment-vllm", "58b7f6dc9c",
            HasWord("vllm", "command", VllmFlag),
            IsNamed("vllm", "vllm-engine")),
        new("production-stack.yaml", "vllm-deployment-router", "6bd4c7f59f",
            HasWord("router-container", "args", "--otel-endpoint="),
            HasWord("router-container", "args", "--otel-service-name=vllm-router")),
        new("java.yaml", "checkout", "6f8b9d7c54",
            new("an init container brings the agent", pod => pod.InitContainers.Any(name => name.Contains("java", StringComparison.Ordinal))),
            new("JAVA_TOOL_OPTIONS loads it and keeps what was there", pod => pod.Env("checkout", "JAVA_TOOL_OPTIONS") is { } options
                && options.Contains("-javaagent:", StringComparison.Ordinal) && options.Contains("-XX:MaxRAMPercentage=75", StringComparison.Ordinal)),
            IsNamed("checkout", "checkout")),
    ];

    /// <summary>The template of the Deployment in the file.</summary>
    /// <exception cref="ManifestException">The file cannot be used.</exception>
    /// <exception cref="DemoException">It does not hold the Deployment.</exception>
    public WorkloadTemplate Read(string folder)
    {
        var file = Path.Combine(folder, File);
        foreach (var document in ManifestReader.ReadFile(file))
        {
            foreach (var item in ManifestObject.In(document, document.ToNode()))
            {
                if (item.Kind == "Deployment" && WorkloadTemplate.Of(item).Single() is var template && template.Workload.Name == Name) return template;
            }
        }

        throw new DemoException($"{file} holds no Deployment {Name}");
    }

    private static Check HasWord(string container, string field, string start) =>
        new($"{container}: {field} gets {start}{(start.EndsWith('=') ? "…" : "")}", pod => pod.Words(container, field).Any(word => word.StartsWith(start, StringComparison.Ordinal)));

    private static Check IsNamed(string container, string service) =>
        new($"{container}: OTEL_SERVICE_NAME is {service}", pod => pod.Env(container, "OTEL_SERVICE_NAME") == service);
}

/// <summary>Something that must be true of the pod that is stored.</summary>
/// <param name="Words">What is told of it.</param>
/// <param name="IsTrue">Looks whether it is so.</param>
internal sealed record Check(string Words, Func<InjectedPod, bool> IsTrue);

/// <summary>The pod that is stored, read for the checks.</summary>
internal sealed class InjectedPod(JsonNode pod)
{
    public IEnumerable<string> InitContainers => List("initContainers").Select(NameOf);

    public IEnumerable<string> Words(string container, string field) => (Container(container)[field] as JsonArray ?? []).Select(word => word!.GetValue<string>());

    /// <summary>The literal value of a variable; null when there is none.</summary>
    public string? Env(string container, string name) =>
        (Container(container)["env"] as JsonArray ?? []).FirstOrDefault(entry => NameOf(entry) == name)?["value"]?.GetValue<string>();

    private JsonNode Container(string name) => List("containers").Concat(List("initContainers")).First(container => NameOf(container) == name)!;

    private JsonArray List(string field) => pod["spec"]?[field] as JsonArray ?? [];

    private static string NameOf(JsonNode? item) => item?["name"]?.GetValue<string>() ?? "";
}
