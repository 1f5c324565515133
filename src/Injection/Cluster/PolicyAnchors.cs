using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Spanhook.Api;

namespace Spanhook.Injection.Cluster;

/// <summary>
/// The policies by a label that a pod must have for them, its anchor: of those that a selector requires the one that the fewest other selectors
/// require too. A selector without one (only NotIn, DoesNotExist) is a candidate for every pod.
/// </summary>
internal sealed class PolicyAnchors
{
    // A label has at most 317 characters before the '=' and 63 behind it; no pod has longer ones.
    private const int MaxText = 384;

    /// <summary>More values than anybody lists are evaluated instead.</summary>
    private const int MaxValues = 32;

    private readonly Dictionary<string, ulong[]> _byLabel = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ulong[]>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly ulong[] _unanchored;
    private readonly bool _hasKeys;

    public PolicyAnchors(PodSelector?[] selectors)
    {
        _unanchored = PolicySet.Create(selectors.Length);
        _lookup = _byLabel.GetAlternateLookup<ReadOnlySpan<char>>();
        var usable = selectors.Select(s => s?.Anchors.Where(IsUsable).ToList() ?? []).ToArray();
        var uses = usable.SelectMany(anchors => anchors.SelectMany(labels => labels)).CountBy(label => label, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        for (var i = 0; i < selectors.Length; i++)
        {
            if (selectors[i] is null) continue;
            if (usable[i].Count == 0) PolicySet.Add(_unanchored, i);
            else foreach (var label in usable[i].MinBy(labels => labels.Sum(l => uses[l]))!) Add(label, i, selectors.Length);
        }

        // Of a label's key and value only the key has no '='.
        _hasKeys = _byLabel.Keys.Any(label => !label.Contains('=', StringComparison.Ordinal));
    }

    /// <summary>Adds whatever may match a pod: more than those that do, never fewer.</summary>
    /// <param name="found">Gets them.</param>
    /// <param name="among">The policies that are for the pod's namespace.</param>
    /// <param name="labels">The pod's labels.</param>
    public void AddCandidates(Span<ulong> found, ReadOnlySpan<ulong> among, JsonElement labels)
    {
        PolicySet.AddCommon(found, among, _unanchored);
        if (_byLabel.Count == 0) return;
        Span<char> text = stackalloc char[MaxText];
        foreach (var member in labels.Members())
        {
            var label = TextOf(member, text, out var key);
            if (label.IsEmpty) continue;
            if (_lookup.TryGetValue(label, out var withValue)) PolicySet.AddCommon(found, among, withValue);
            if (_hasKeys && _lookup.TryGetValue(label[..key], out var withKey)) PolicySet.AddCommon(found, among, withKey);
        }
    }

    /// <summary>True when name and value of a label are text, or the value is something else.</summary>
    public static bool HasText(JsonProperty label)
    {
        try
        {
            return label.Name is not null && (label.Value.ValueKind != JsonValueKind.String || label.Value.IsText());
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static bool IsUsable(IReadOnlyList<string> labels) => labels.Count is > 0 and <= MaxValues && labels.All(label => Encoding.UTF8.GetByteCount(label) <= MaxText);

    private void Add(string label, int policy, int policies)
    {
        if (!_byLabel.TryGetValue(label, out var set)) _byLabel[label] = set = PolicySet.Create(policies);
        PolicySet.Add(set, policy);
    }

    /// <summary>The label as key=value; empty when it is none that an anchor can be.</summary>
    private static ReadOnlySpan<char> TextOf(JsonProperty label, Span<char> buffer, out int keyLength)
    {
        keyLength = 0;
        if (label.Value.ValueKind != JsonValueKind.String) return default;
        var key = JsonMarshal.GetRawUtf8PropertyName(label);
        var value = JsonMarshal.GetRawUtf8Value(label.Value)[1..^1];
        if (key.Contains((byte)'\\') || value.Contains((byte)'\\'))
        {
            keyLength = label.Name.Length;
            return $"{label.Name}={label.Value.GetString()}";
        }

        if (key.Length + 1 + value.Length > buffer.Length) return default;
        keyLength = Encoding.UTF8.GetChars(key, buffer);
        buffer[keyLength] = '=';
        return buffer[..(keyLength + 1 + Encoding.UTF8.GetChars(value, buffer[(keyLength + 1)..]))];
    }
}
