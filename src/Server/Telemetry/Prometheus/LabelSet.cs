using System.Globalization;
using System.Text;

namespace Spanhook.Server.Telemetry.Prometheus;

/// <summary>The tags of one series, compared by value and in their order, and as Prometheus writes them.</summary>
internal sealed class LabelSet
{
    /// <summary>What OpenTelemetry has for all that came after the last series that is kept apart.</summary>
    public static readonly LabelSet Overflow = new([new("otel_metric_overflow", "true")]);

    private readonly KeyValuePair<string, object?>[] _tags;

    public LabelSet(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        _tags = tags.ToArray();
        Text = Write(_tags);
    }

    /// <summary><c>reason="injected",result="injected"</c>; empty without tags.</summary>
    public string Text { get; }

    /// <summary>Finds a set by tags that are still on the stack: an admission allocates nothing to be counted.</summary>
    public sealed class Comparer : IEqualityComparer<LabelSet>, IAlternateEqualityComparer<ReadOnlySpan<KeyValuePair<string, object?>>, LabelSet>
    {
        public static readonly Comparer Instance = new();

        public LabelSet Create(ReadOnlySpan<KeyValuePair<string, object?>> alternate) => new(alternate);

        public bool Equals(LabelSet? x, LabelSet? y) => ReferenceEquals(x, y) || (x is not null && y is not null && Equals(x._tags, y));

        public int GetHashCode(LabelSet obj) => GetHashCode(obj._tags);

        public bool Equals(ReadOnlySpan<KeyValuePair<string, object?>> alternate, LabelSet other)
        {
            if (alternate.Length != other._tags.Length) return false;
            for (var i = 0; i < alternate.Length; i++)
            {
                if (!string.Equals(alternate[i].Key, other._tags[i].Key, StringComparison.Ordinal) || !Equals(alternate[i].Value, other._tags[i].Value)) return false;
            }

            return true;
        }

        public int GetHashCode(ReadOnlySpan<KeyValuePair<string, object?>> alternate)
        {
            var hash = alternate.Length;
            foreach (var tag in alternate) hash = HashCode.Combine(hash, tag.Key, tag.Value);
            return hash;
        }
    }

    private static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Write(KeyValuePair<string, object?>[] tags)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags)
        {
            var name = PrometheusNames.Label(key);
            var text = value as string ?? (value is bool flag ? (flag ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture)) ?? "";
            labels[name] = labels.TryGetValue(name, out var other) ? other + ";" + text : text;
        }

        var written = new StringBuilder();
        foreach (var (name, value) in labels)
        {
            if (written.Length > 0) written.Append(',');
            written.Append(name).Append("=\"").Append(Escape(value)).Append('"');
        }

        return written.ToString();
    }
}
