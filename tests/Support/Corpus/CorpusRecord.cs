using System.Text.Json;
using System.Text.Json.Nodes;
using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Api.Meta;
using Spanhook.Api.Policy;
using Spanhook.Injection;

namespace Spanhook.Support.Corpus;

/// <summary>One record: a cluster, a pod, and what the OpenTelemetry Operator made of it.</summary>
public sealed class CorpusRecord
{
    private readonly JsonNode _record;

    public CorpusRecord(string name, string json)
    {
        Name = name;
        _record = JsonNode.Parse(json) ?? throw new JsonException($"{name}: empty");
    }

    public string Name { get; }

    /// <summary>What the record pins down.</summary>
    public string Rule => _record["rule"]!.GetValue<string>();

    /// <summary>The rules by which our result is another one; none when it is the operator's.</summary>
    public IReadOnlyList<string> Differs => [.. (_record["differs"]?.AsArray() ?? []).Select(rule => rule!.GetValue<string>())];

    public string Namespace => Input["namespace"]!["metadata"]!["name"]!.GetValue<string>();
    public string PodJson => Input["pod"]!.ToJsonString();
    public bool IsChanged => _record["output"]!["changed"]!.GetValue<bool>();
    public JsonNode OutputPod => _record["output"]!["pod"]!;
    private JsonNode Input => _record["input"]!;

    /// <summary>The languages that the record switches off.</summary>
    public InjectionOptions Options => InjectionOptions.Default with
    {
        Disabled = (Input["config"]?.AsObject() ?? []).Where(entry => !entry.Value!.GetValue<bool>()).Select(entry => entry.Key).ToHashSet(StringComparer.Ordinal),
    };

    /// <summary>The cluster, with a policy besides when one is given.</summary>
    public ClusterObjects Cluster(TracingPolicy? policy = null) => new()
    {
        Namespaces = [Input["namespace"].Deserialize(ApiJsonContext.Default.Namespace) ?? new Namespace()],
        Instrumentations = [.. Items("instrumentations").Select(item => item.Deserialize(ApiJsonContext.Default.Instrumentation)!)],
        ReplicaSets = Partials("replicaSets"),
        Jobs = Partials("jobs"),
        Policies = policy is null ? [] : [policy],
    };

    private PartialObject[] Partials(string name) => [.. Items(name).Select(item => item.Deserialize(ApiJsonContext.Default.PartialObject)!)];

    private IEnumerable<JsonNode> Items(string name) => (Input[name]?.AsArray() ?? []).Select(item => item!);
}
