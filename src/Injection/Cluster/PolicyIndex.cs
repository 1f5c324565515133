using System.Collections.Concurrent;
using System.Text.Json;

namespace Spanhook.Injection.Cluster;

/// <summary>
/// Finds the policies that cover a pod, at a cost that hardly grows with their number: which of them are for a namespace is remembered as a bit
/// each; those that require a label are looked up by the pod's labels; only the few others are evaluated. Made anew when a policy changes.
/// </summary>
internal sealed class PolicyIndex
{
    public static readonly PolicyIndex Empty = new([]);

    // As many combinations as teams and kinds of workloads make; some kilobytes each at most.
    private const int MaxCombinations = 512;

    // Namespaces that are not in the snapshot: manifests need not list them.
    private const int MaxUnlistedNamespaces = 1024;
    private const int WordsOnStack = 64;

    private readonly CompiledPolicy[] _policies;
    private readonly PodSelector?[] _selectors;
    private readonly PolicyAnchors _anchors;

    /// <summary>Those without a selector of pods.</summary>
    private readonly ulong[] _unconditional;
    private readonly PolicyMemo<MatchedPolicies> _matched;
    private readonly PolicyMemo<CompiledInstrumentation> _instrumentations;
    private readonly ConcurrentDictionary<string, ulong[]> _unlisted = new(StringComparer.Ordinal);

    /// <param name="policies">By priority, highest first; ties by name.</param>
    public PolicyIndex(IReadOnlyList<CompiledPolicy> policies)
    {
        _policies = [.. policies];
        _selectors = [.. policies.Select(p => Cluster.PodSelector.Of(p.PodSelector))];
        _anchors = new(_selectors);
        _unconditional = PolicySet.Create(_policies.Length);
        for (var i = 0; i < _selectors.Length; i++)
        {
            if (_selectors[i] is null) PolicySet.Add(_unconditional, i);
        }

        _matched = new(MaxCombinations, set => new(this, set));
        _instrumentations = new(MaxCombinations, set => InstrumentationMerge.Compile(Members(set)));
    }

    /// <summary>By priority, highest first; ties by name.</summary>
    public IReadOnlyList<CompiledPolicy> Policies => _policies;

    /// <summary>Stands for this index where the index itself would be kept alive too long.</summary>
    public object Identity { get; } = new();

    /// <summary>The policies that cover a pod. Allocates nothing for a combination that was seen before.</summary>
    /// <param name="ns">The pod's namespace.</param>
    /// <param name="name">Its name.</param>
    /// <param name="labels">The pod's labels.</param>
    public MatchedPolicies Match(CompiledNamespace ns, string name, JsonElement labels) =>
        _policies.Length == 0 ? MatchedPolicies.None : Match(CandidatesOf(ns, name), labels);

    /// <summary>The policies that may cover a pod of a namespace of which nothing but its name is known.</summary>
    public MatchedPolicies MatchUnknown(string name, JsonElement labels)
    {
        if (_policies.Length == 0) return MatchedPolicies.None;
        return Match(Select(p => LabelSelectorMatcher.MayMatch(p.NamespaceSelector, CompiledNamespace.NameLabel, name)), labels);
    }

    /// <summary>The instrumentation of some policies in one, by their places; memoized.</summary>
    public CompiledInstrumentation Instrumentation(ReadOnlySpan<ulong> set) => _instrumentations.Of(set);

    /// <summary>The policies of a set, in order.</summary>
    public List<CompiledPolicy> Members(ReadOnlySpan<ulong> set)
    {
        var members = new List<CompiledPolicy>();
        for (var i = PolicySet.Next(set, 0); i >= 0; i = PolicySet.Next(set, i + 1)) members.Add(_policies[i]);
        return members;
    }

    /// <summary>Those whose selector of namespaces matches.</summary>
    internal ulong[] Select(CompiledNamespace ns, string name) => Select(p => LabelSelectorMatcher.Matches(p.NamespaceSelector, key => ns.Label(key, name)));

    private ulong[] CandidatesOf(CompiledNamespace ns, string name)
    {
        if (ns != CompiledNamespace.Unknown) return ns.PoliciesOf(this, name);
        if (_unlisted.TryGetValue(name, out var known)) return known;
        if (_unlisted.Count >= MaxUnlistedNamespaces) _unlisted.Clear();
        return _unlisted[name] = Select(ns, name);
    }

    private MatchedPolicies Match(ulong[] candidates, JsonElement labels)
    {
        if (PolicySet.IsEmpty(candidates)) return MatchedPolicies.None;
        Span<ulong> found = candidates.Length <= WordsOnStack ? stackalloc ulong[WordsOnStack] : new ulong[candidates.Length];
        found = found[..candidates.Length];
        found.Clear();
        var readable = Readable(labels);
        _anchors.AddCandidates(found, candidates, readable);
        for (var i = PolicySet.Next(found, 0); i >= 0; i = PolicySet.Next(found, i + 1))
        {
            if (!_selectors[i]!.Matches(readable)) PolicySet.Remove(found, i);
        }

        PolicySet.AddCommon(found, candidates, _unconditional);
        return PolicySet.IsEmpty(found) ? MatchedPolicies.None : _matched.Of(found);
    }

    private ulong[] Select(Func<CompiledPolicy, bool> matches)
    {
        var set = PolicySet.Create(_policies.Length);
        for (var i = 0; i < _policies.Length; i++)
        {
            if (matches(_policies[i])) PolicySet.Add(set, i);
        }

        return set;
    }

    // Nothing but an escape can be half a character, which no API server sends and which cannot be compared.
    private static JsonElement Readable(JsonElement labels)
    {
        if (labels.ValueKind != JsonValueKind.Object || !System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(labels).Contains((byte)'\\')) return labels;
        foreach (var member in labels.EnumerateObject())
        {
            if (!PolicyAnchors.HasText(member)) return default;
        }

        return labels;
    }
}
