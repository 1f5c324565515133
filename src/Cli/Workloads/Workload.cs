using System.Text.Json.Nodes;
using Spanhook.Cli.Comparing;
using Spanhook.Injection;

namespace Spanhook.Cli.Workloads;

/// <summary>Something that has pods: a kind that is known, or whatever owns pods and is of another kind.</summary>
/// <param name="Type">Null for another kind.</param>
/// <param name="Kind">As in manifests.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
internal sealed record WorkloadKey(WorkloadType? Type, string Kind, string Namespace, string Name)
{
    public static WorkloadKey Of(WorkloadType type, string ns, string name) => new(type, type.Kind, ns, name);

    /// <summary>As kubectl names it: <c>deployment/web</c>.</summary>
    public override string ToString() => $"{Type?.Singular ?? Kind.ToLowerInvariant()}/{Name}";

    /// <summary>Its path; for a kind that is known.</summary>
    public string Path => Type!.PathOf(Namespace, Name);

    /// <summary>With its namespace, for people: <c>deployment/web in namespace ml</c>.</summary>
    public string Title => $"{this} in namespace {Namespace}";
}

/// <summary>A pod template, as the pod that would be admitted for it.</summary>
/// <param name="Role">Which of several it is: leader or worker; null for an only one.</param>
/// <param name="Pod">Compact: thousands of them may be in memory.</param>
internal sealed record PodTemplate(string? Role, byte[] Pod)
{
    public JsonObject ToPod() => (JsonObject)JsonNode.Parse(Pod)!;
}

/// <summary>A workload, what would be injected into its pods now, and what its running pods have.</summary>
internal sealed class Workload(WorkloadKey key)
{
    /// <summary>Of how many pods the differences are kept; all are counted.</summary>
    private const int MaxExamples = 5;

    private readonly Dictionary<PodState, int> _counts = [];
    private readonly List<PodExample> _examples = [];

    public WorkloadKey Key => key;

    /// <summary>None for a bare pod, and for kinds that are not known.</summary>
    public IReadOnlyList<PodTemplate> Templates { get; init; } = [];

    /// <summary>What controls it itself, as <c>KServe/llama</c>; null when nothing does. It may undo what others change.</summary>
    public string? Controller { get; init; }

    /// <summary>Why its templates cannot be read; null when they can.</summary>
    public string? Problem { get; init; }

    /// <summary>What is decided for each template now; for a workload without templates, for its last pod.</summary>
    public IReadOnlyList<InjectionResult> Now { get; set; } = [];

    /// <summary>Who asks for the injection: <c>annotation</c>, <c>namespace</c> or the policy; null when nobody does.</summary>
    public string? AskedBy { get; set; }

    /// <summary>Running ones: what has ended stays as it is.</summary>
    public int Pods => _counts.Values.Sum();

    public IReadOnlyList<PodExample> Examples => _examples;

    public int Count(PodState state) => _counts.GetValueOrDefault(state);

    /// <summary>Pods that a restart would change.</summary>
    public int NeedRestart => Count(PodState.Stale) + Count(PodState.Missing) + Count(PodState.Surplus);

    public void Add(string pod, PodComparison comparison)
    {
        _counts[comparison.State] = Count(comparison.State) + 1;
        if (comparison.NeedsRestart && _examples.Count < MaxExamples) _examples.Add(new PodExample(pod, comparison.State, comparison.Differences));
    }
}

/// <summary>A pod that a restart would change.</summary>
internal sealed record PodExample(string Pod, PodState State, IReadOnlyList<string> Differences);
