using System.Diagnostics.Metrics;
using System.Text;

namespace Spanhook.Server.Telemetry.Prometheus;

/// <summary>The names that OpenTelemetry's compatibility specification gives to its metrics in Prometheus.</summary>
internal static class PrometheusNames
{
    private static readonly Dictionary<string, string> Units = new(StringComparer.Ordinal)
    {
        ["s"] = "seconds",
        ["ms"] = "milliseconds",
        ["us"] = "microseconds",
        ["ns"] = "nanoseconds",
        ["min"] = "minutes",
        ["h"] = "hours",
        ["d"] = "days",
        ["By"] = "bytes",
        ["KiBy"] = "kibibytes",
        ["MiBy"] = "mebibytes",
        ["GiBy"] = "gibibytes",
        ["KBy"] = "kilobytes",
        ["MBy"] = "megabytes",
        ["GBy"] = "gigabytes",
        ["%"] = "percent",
        ["Hz"] = "hertz",
        ["Cel"] = "celsius",
        ["J"] = "joules",
        ["W"] = "watts",
        ["V"] = "volts",
        ["A"] = "amperes",
        ["m"] = "meters",
        ["g"] = "grams",
    };

    private static readonly Dictionary<string, string> PerUnits = new(StringComparer.Ordinal) { ["s"] = "second", ["min"] = "minute", ["h"] = "hour", ["d"] = "day", ["m"] = "meter" };

    /// <summary><c>spanhook.cert.not_after</c> in s is <c>spanhook_cert_not_after_seconds</c>; a counter ends with <c>_total</c>.</summary>
    public static string Metric(string name, string? unit, MetricKind kind)
    {
        var plain = Clean(name, allowColon: true);
        var suffix = UnitSuffix(unit, kind);
        if (kind == MetricKind.Counter && plain.EndsWith("_total", StringComparison.Ordinal)) plain = plain[..^"_total".Length];
        if (suffix.Length > 0 && !plain.EndsWith("_" + suffix, StringComparison.Ordinal)) plain = plain + "_" + suffix;
        return kind == MetricKind.Counter ? plain + "_total" : plain;
    }

    public static string Label(string name) => Clean(name, allowColon: false);

    public static MetricKind KindOf(Instrument instrument)
    {
        var type = instrument.GetType();
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        return definition == typeof(Counter<>) || definition == typeof(ObservableCounter<>) ? MetricKind.Counter
            : definition == typeof(Histogram<>) ? MetricKind.Histogram
            : definition == typeof(UpDownCounter<>) ? MetricKind.Sum
            : MetricKind.Gauge;
    }

    private static string UnitSuffix(string? unit, MetricKind kind)
    {
        if (unit == "1") return kind == MetricKind.Gauge ? "ratio" : "";
        var (of, per) = (unit ?? "").Split('/', 2) is [var left, var right] ? (left, right) : (unit ?? "", "");
        var numerator = WithoutAnnotation(of);
        var denominator = WithoutAnnotation(per);
        var words = numerator.Length == 0 ? "" : Units.GetValueOrDefault(numerator) ?? Clean(numerator, allowColon: false);
        return denominator.Length == 0 ? words : $"{words}_per_{PerUnits.GetValueOrDefault(denominator) ?? Clean(denominator, allowColon: false)}".TrimStart('_');
    }

    /// <summary><c>{request}</c> says what is counted and is no unit.</summary>
    private static string WithoutAnnotation(string unit) => unit.IndexOf('{', StringComparison.Ordinal) is >= 0 and var at ? unit[..at] : unit;

    private static string Clean(string name, bool allowColon)
    {
        var clean = new StringBuilder(name.Length + 1);
        foreach (var c in name)
        {
            var isPlain = char.IsAsciiLetterOrDigit(c) || (allowColon && c == ':');
            if (clean.Length == 0 && char.IsAsciiDigit(c)) clean.Append('_');
            if (isPlain) clean.Append(c);
            else if (clean.Length == 0 || clean[^1] != '_') clean.Append('_');
        }

        return clean.Length == 0 ? "_" : clean.ToString();
    }
}
