using System.Globalization;
using System.Text;
using Spanhook.Server.Hosting;

namespace Spanhook.Server.Telemetry.Prometheus;

/// <summary>The text format 0.0.4.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static void Write(PooledBufferWriter output, MetricFamily family)
    {
        var series = family.Series.ToList();
        if (series.Count == 0) return;
        Append(output, $"# HELP {family.Name} {family.Help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\n");
        Append(output, $"# TYPE {family.Name} {TypeOf(family.Kind)}\n");
        Span<long> buckets = stackalloc long[family.Bounds.Length + 1];
        foreach (var one in series)
        {
            var value = one.Read(buckets);
            if (family.Kind == MetricKind.Histogram) WriteHistogram(output, family, one.Labels.Text, buckets, value);
            else Append(output, $"{family.Name}{Braced(one.Labels.Text)} {Number(value)}\n");
        }
    }

    private static void WriteHistogram(PooledBufferWriter output, MetricFamily family, string labels, ReadOnlySpan<long> buckets, double sum)
    {
        var separator = labels.Length == 0 ? "" : ",";
        var count = 0L;
        for (var i = 0; i < buckets.Length; i++)
        {
            count += buckets[i];
            var bound = i == family.Bounds.Length ? "+Inf" : Number(family.Bounds[i]);
            Append(output, $"{family.Name}_bucket{{{labels}{separator}le=\"{bound}\"}} {count}\n");
        }

        Append(output, $"{family.Name}_sum{Braced(labels)} {Number(sum)}\n");
        Append(output, $"{family.Name}_count{Braced(labels)} {count}\n");
    }

    private static string Braced(string labels) => labels.Length == 0 ? "" : "{" + labels + "}";

    private static string TypeOf(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Histogram => "histogram",
        _ => "gauge",
    };

    private static string Number(double value) =>
        double.IsNaN(value) ? "NaN" : double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);

    private static void Append(PooledBufferWriter output, FormattableString line)
    {
        var text = line.ToString(CultureInfo.InvariantCulture);
        output.Advance(Encoding.UTF8.GetBytes(text, output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));
    }
}
