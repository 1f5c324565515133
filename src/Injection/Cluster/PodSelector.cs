using System.Text;
using System.Text.Json;
using Spanhook.Api;
using Spanhook.Api.Meta;

namespace Spanhook.Injection.Cluster;

/// <summary>
/// A label selector as it is evaluated on pods: in their own encoding, without an allocation. It says what <see cref="LabelSelectorMatcher"/> says,
/// except of our own mark, which counts as absent: with it, a pod would be another one after its injection.
/// </summary>
internal sealed class PodSelector
{
    private readonly Requirement[] _requirements;

    private PodSelector(Requirement[] requirements) => _requirements = requirements;

    /// <summary>Of each requirement that can only hold where a label is there: those labels, as <c>key=value</c>, or <c>key</c> where any value will do.</summary>
    public IEnumerable<IReadOnlyList<string>> Anchors =>
        _requirements.Where(r => r.Operator is Operator.In or Operator.Exists && !r.IsOurMark)
            .Select(r => (IReadOnlyList<string>)(r.Operator == Operator.Exists ? [r.KeyText] : [.. r.ValueTexts.Select(v => $"{r.KeyText}={v}")]));

    /// <summary>Null for a selector that matches every pod.</summary>
    public static PodSelector? Of(LabelSelector? selector)
    {
        var requirements = new List<Requirement>();
        foreach (var (key, value) in selector?.MatchLabels ?? System.Collections.Frozen.FrozenDictionary<string, string>.Empty) requirements.Add(new(key, Operator.In, [value ?? ""]));
        foreach (var expression in selector?.MatchExpressions ?? [])
        {
            requirements.Add(new(expression.Key, expression.Operator switch
            {
                "In" => Operator.In,
                "NotIn" => Operator.NotIn,
                "Exists" => Operator.Exists,
                "DoesNotExist" => Operator.DoesNotExist,
                _ => Operator.Unknown,
            }, [.. expression.Values ?? []]));
        }

        return requirements.Count == 0 ? null : new([.. requirements]);
    }

    /// <summary>True when every requirement holds.</summary>
    public bool Matches(JsonElement labels)
    {
        foreach (var requirement in _requirements)
        {
            if (!requirement.Holds(labels)) return false;
        }

        return true;
    }

    private enum Operator
    {
        In,
        NotIn,
        Exists,
        DoesNotExist,

        /// <summary>Its policy has an error; it would match nothing.</summary>
        Unknown,
    }

    private sealed class Requirement(string key, Operator op, string[] values)
    {
        private readonly byte[] _key = Encoding.UTF8.GetBytes(key);
        private readonly byte[][] _values = [.. values.Select(Encoding.UTF8.GetBytes)];

        public string KeyText => key;
        public Operator Operator => op;
        public string[] ValueTexts => values;
        public bool IsOurMark { get; } = key == Annotations.Marker;

        public bool Holds(JsonElement labels)
        {
            var value = IsOurMark ? default : labels.Member(_key);
            var isThere = value.ValueKind == JsonValueKind.String;
            return op switch
            {
                Operator.In => isThere && IsOneOf(value),
                Operator.NotIn => !isThere || !IsOneOf(value),
                Operator.Exists => isThere,
                Operator.DoesNotExist => !isThere,
                _ => false,
            };
        }

        private bool IsOneOf(JsonElement value)
        {
            foreach (var one in _values)
            {
                if (value.ValueEquals(one)) return true;
            }

            return false;
        }
    }
}
