using System.Collections.Frozen;
using Spanhook.Api;
using Spanhook.Api.Meta;

namespace Spanhook.Injection.Cluster;

/// <summary>What is known of the cluster at one moment: immutable, compiled, swapped whole.</summary>
public sealed class ClusterSnapshot
{
    public static readonly ClusterSnapshot Empty = Compile(ClusterObjects.Empty);

    private readonly FrozenDictionary<string, CompiledNamespace> _namespaces;
    private readonly FrozenDictionary<NamespacedName, CompiledInstrumentation> _instrumentations;
    private readonly FrozenDictionary<string, CompiledInstrumentation[]> _byNamespace;
    private readonly FrozenDictionary<NamespacedName, PartialObject> _replicaSets;
    private readonly FrozenDictionary<NamespacedName, PartialObject> _jobs;
    private readonly bool _knowsEveryNamespace;

    internal ClusterSnapshot(ClusterCompiler compiled, ClusterObjects objects)
    {
        (_namespaces, _knowsEveryNamespace) = (compiled.Namespaces, objects.KnowsEveryNamespace);
        (_instrumentations, _byNamespace) = (compiled.Instrumentations, compiled.ByNamespace);
        _replicaSets = ByKey(objects.ReplicaSets);
        _jobs = ByKey(objects.Jobs);
        Policies = compiled.Policies;
        Problems = compiled.Problems;
    }

    /// <summary>How many there are: Namespaces, Instrumentations, TracingPolicies that can be used.</summary>
    public (int Namespaces, int Instrumentations, int Policies) Counts => (_namespaces.Count, _instrumentations.Count, Policies.Policies.Count);

    /// <summary>Everything that is wrong with the objects it was made of.</summary>
    public IReadOnlyList<ObjectProblem> Problems { get; }

    /// <summary>Which of them cover a pod.</summary>
    internal PolicyIndex Policies { get; }

    /// <summary>Compiles objects: validates, applies defaults, and collects every problem.</summary>
    public static ClusterSnapshot Compile(ClusterObjects objects) => new ClusterCompiler().Compile(objects);

    /// <summary>A namespace; one without annotations when it is not known (yet).</summary>
    internal CompiledNamespace Namespace(string name) => _namespaces.TryGetValue(name, out var found) ? found : CompiledNamespace.Unknown;

    /// <summary>True when a namespace exists whose annotations and labels, and so the policies that cover it, are not known yet.</summary>
    internal bool IsNotKnownYet(string name) => _knowsEveryNamespace && !_namespaces.ContainsKey(name);

    internal CompiledInstrumentation? Instrumentation(NamespacedName key) => _instrumentations.GetValueOrDefault(key);

    /// <summary>The Instrumentations of a namespace, by name.</summary>
    internal IReadOnlyList<CompiledInstrumentation> InstrumentationsOf(string ns) => _byNamespace.TryGetValue(ns, out var found) ? found : [];

    internal PartialObject? ReplicaSet(NamespacedName key) => _replicaSets.GetValueOrDefault(key);

    internal PartialObject? Job(NamespacedName key) => _jobs.GetValueOrDefault(key);

    private static FrozenDictionary<NamespacedName, PartialObject> ByKey(IReadOnlyList<PartialObject> objects) =>
        objects.ToFrozenDictionary(o => new NamespacedName(o.Metadata.Namespace ?? "", o.Metadata.Name));
}

/// <summary>The labels of a namespace, and of its annotations those that ask for injection.</summary>
internal sealed class CompiledNamespace
{
    /// <summary>The API server sets it on every namespace; one that is not known yet can still be selected by its name.</summary>
    public const string NameLabel = "kubernetes.io/metadata.name";

    public static readonly CompiledNamespace Unknown = new(ObjectMeta.Empty);

    private Candidates? _candidates;

    public CompiledNamespace(ObjectMeta metadata)
    {
        Labels = metadata.Labels;
        Requests = metadata.Annotations
            .Where(a => a.Key.StartsWith(Annotations.Prefix, StringComparison.Ordinal) && !string.IsNullOrWhiteSpace(a.Value))
            .ToFrozenDictionary(a => a.Key[Annotations.Prefix.Length..], a => a.Value.Trim(), StringComparer.Ordinal);
    }

    public IReadOnlyDictionary<string, string> Labels { get; }

    /// <summary>Without the prefix, trimmed, the empty ones left out.</summary>
    public IReadOnlyDictionary<string, string> Requests { get; }

    /// <summary>A label's value; null when there is none.</summary>
    /// <param name="key">The label.</param>
    /// <param name="name">The namespace's name.</param>
    public string? Label(string key, string name) => Labels.GetValueOrDefault(key) ?? (key == NameLabel ? name : null);

    /// <summary>The policies that are for this namespace: evaluated once for each change of either. Two threads may both do it, with the same result.</summary>
    public ulong[] PoliciesOf(PolicyIndex index, string name)
    {
        if (Volatile.Read(ref _candidates) is { } known && known.Index == index.Identity) return known.Policies;
        var policies = index.Select(this, name);
        Volatile.Write(ref _candidates, new(index.Identity, policies));
        return policies;
    }

    private sealed record Candidates(object Index, ulong[] Policies);
}

/// <summary>Something wrong with an object of the cluster.</summary>
/// <param name="Kind">Instrumentation or TracingPolicy.</param>
/// <param name="Name">Name, or namespace/name.</param>
/// <param name="Field">The path of the field, for example <c>spec.sampler.argument</c>.</param>
/// <param name="Message">What is wrong and what to write instead.</param>
/// <param name="IsError">True when the object cannot be used because of it; false for a warning.</param>
public sealed record ObjectProblem(string Kind, string Name, string Field, string Message, bool IsError)
{
    public override string ToString() => $"{Kind} {Name}: {Field}: {Message}";
}
