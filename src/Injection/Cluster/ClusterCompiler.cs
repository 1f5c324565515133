using System.Collections.Frozen;
using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Api.Meta;
using Spanhook.Api.OpenTelemetry;
using Spanhook.Api.Policy;

namespace Spanhook.Injection.Cluster;

/// <summary>
/// Compiles a cluster that changes object by object: what was compiled of an object serves again while the object is the same instance, and a whole
/// table while its list is the same instance. Not for several threads at once.
/// </summary>
public sealed class ClusterCompiler
{
    private readonly CompiledList<Namespace, CompiledNamespace> _namespaces = new((n, _) => new CompiledNamespace(n.Metadata));
    private readonly CompiledList<Instrumentation, CompiledInstrumentation> _instrumentations = new(InstrumentationCompiler.Compile);
    private readonly CompiledList<TracingPolicy, CompiledPolicy?> _policies = new(PolicyCompiler.Compile);

    internal FrozenDictionary<string, CompiledNamespace> Namespaces { get; private set; } = FrozenDictionary<string, CompiledNamespace>.Empty;

    internal FrozenDictionary<NamespacedName, CompiledInstrumentation> Instrumentations { get; private set; } = FrozenDictionary<NamespacedName, CompiledInstrumentation>.Empty;

    /// <summary>Those of a namespace, by name.</summary>
    internal FrozenDictionary<string, CompiledInstrumentation[]> ByNamespace { get; private set; } = FrozenDictionary<string, CompiledInstrumentation[]>.Empty;

    internal PolicyIndex Policies { get; private set; } = PolicyIndex.Empty;

    internal IReadOnlyList<ObjectProblem> Problems { get; private set; } = [];

    /// <summary>Validates, applies defaults, and collects every problem.</summary>
    public ClusterSnapshot Compile(ClusterObjects objects)
    {
        if (_namespaces.Update(objects.Namespaces))
            Namespaces = _namespaces.Entries.ToFrozenDictionary(e => e.Source.Metadata.Name, e => e.Compiled, StringComparer.Ordinal);
        var isChanged = false;
        if (_instrumentations.Update(objects.Instrumentations))
        {
            isChanged = true;
            var sorted = _instrumentations.Entries.Select(e => e.Compiled).OrderBy(i => i.Key.Name, StringComparer.Ordinal).ToList();
            Instrumentations = sorted.ToFrozenDictionary(i => i.Key);
            ByNamespace = sorted.GroupBy(i => i.Key.Namespace, StringComparer.Ordinal).ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
        }

        if (_policies.Update(objects.Policies))
        {
            isChanged = true;
            Policies = new([.. _policies.Entries.Select(e => e.Compiled).OfType<CompiledPolicy>().OrderByDescending(p => p.Priority).ThenBy(p => p.Name, StringComparer.Ordinal)]);
        }

        if (isChanged) Problems = [.. _instrumentations.Entries.SelectMany(e => e.Problems), .. _policies.Entries.SelectMany(e => e.Problems)];
        return new ClusterSnapshot(this, objects);
    }

    /// <summary>The compiled objects of one kind.</summary>
    private sealed class CompiledList<TSource, T>(Func<TSource, List<ObjectProblem>, T> compile)
        where TSource : class
    {
        private IReadOnlyList<TSource>? _source;
        private Dictionary<TSource, Entry> _known = new(ReferenceEqualityComparer.Instance);

        /// <summary>In the order of the source.</summary>
        public IReadOnlyList<Entry> Entries { get; private set; } = [];

        /// <summary>False when the source is the same list as before.</summary>
        public bool Update(IReadOnlyList<TSource> source)
        {
            if (ReferenceEquals(source, _source)) return false;
            var known = new Dictionary<TSource, Entry>(source.Count, ReferenceEqualityComparer.Instance);
            var entries = new List<Entry>(source.Count);
            foreach (var item in source)
            {
                if (!_known.TryGetValue(item, out var entry)) entry = Compile(item);
                known[item] = entry;
                entries.Add(entry);
            }

            (_source, _known, Entries) = (source, known, entries);
            return true;
        }

        private Entry Compile(TSource item)
        {
            var problems = new List<ObjectProblem>();
            var compiled = compile(item, problems);
            return new Entry(item, compiled, problems.Count == 0 ? [] : [.. problems]);
        }

        /// <summary>An object, what was made of it, and what is wrong with it.</summary>
        public sealed record Entry(TSource Source, T Compiled, IReadOnlyList<ObjectProblem> Problems);
    }
}
