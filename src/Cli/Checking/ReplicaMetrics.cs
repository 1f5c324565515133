using System.Globalization;

namespace Spanhook.Cli.Checking;

/// <summary>What a replica says of itself: the samples without labels of its /metrics.</summary>
internal sealed class ReplicaMetrics
{
    private readonly Dictionary<string, double> _samples = new(StringComparer.Ordinal);

    private ReplicaMetrics()
    {
    }

    /// <summary>End of the certificate that it serves; null when it does not say.</summary>
    public DateTimeOffset? CertificateEnd => this["spanhook_cert_not_after_seconds"] is { } seconds ? DateTimeOffset.FromUnixTimeSeconds((long)seconds) : null;

    /// <summary>Whether the published caBundle vouches for that certificate; null where certificates come from files.</summary>
    public bool? CaBundleMatches => this["spanhook_ca_bundle_match"] is { } value ? value == 1 : null;

    /// <summary>Whether it knows the cluster's objects.</summary>
    public bool? IsSynced => this["spanhook_cache_synced"] is { } value ? value == 1 : null;

    /// <summary>How old they may be.</summary>
    public TimeSpan? Stale => this["spanhook_cache_stale_seconds"] is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <param name="text">Prometheus' text format.</param>
    public static ReplicaMetrics Parse(string text)
    {
        var metrics = new ReplicaMetrics();
        foreach (var line in text.Split('\n'))
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is not [var name, var value, ..] || name[0] == '#' || name.Contains('{', StringComparison.Ordinal)) continue;
            if (double.TryParse(value, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)) metrics._samples[name] = number;
        }

        return metrics;
    }

    private double? this[string name] => _samples.TryGetValue(name, out var value) ? value : null;
}
