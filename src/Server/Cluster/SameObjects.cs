using Spanhook.Api.Meta;

namespace Spanhook.Server.Cluster;

/// <summary>
/// Lets an object stay the same instance while what is decided by stays the same: our own writes of its status change its version only, and must
/// not make every replica compile the cluster anew.
/// </summary>
internal sealed class SameObjects<T>(Func<T, ObjectMeta> metadataOf)
    where T : class
{
    private IReadOnlyList<T>? _source;
    private List<T> _list = [];
    private Dictionary<(string?, string), T> _known = [];

    /// <summary>The list with the instances of before, where they are the same; the very list of before when all are.</summary>
    public IReadOnlyList<T> Of(IReadOnlyList<T> source)
    {
        if (ReferenceEquals(source, _source)) return _list;
        var known = new Dictionary<(string?, string), T>(source.Count);
        var list = new List<T>(source.Count);
        var isSame = _source is not null && source.Count == _list.Count;
        foreach (var item in source)
        {
            var metadata = metadataOf(item);
            var key = (metadata.Namespace, metadata.Name);
            var kept = _known.TryGetValue(key, out var before) && IsSame(metadataOf(before), metadata) ? before : item;
            isSame &= ReferenceEquals(kept, before);
            known[key] = kept;
            list.Add(kept);
        }

        (_source, _known) = (source, known);
        if (!isSame) _list = list;
        return _list;
    }

    // The API server counts a generation for each change of what is not metadata or status.
    private static bool IsSame(ObjectMeta one, ObjectMeta other) =>
        one.Generation is not null && one.Generation == other.Generation && !string.IsNullOrEmpty(one.Uid) && one.Uid == other.Uid
        && IsSame(one.Annotations, other.Annotations) && IsSame(one.Labels, other.Labels);

    private static bool IsSame(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
        one.Count == other.Count && one.All(entry => other.TryGetValue(entry.Key, out var value) && value == entry.Value);
}
