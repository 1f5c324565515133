using System.Text.Json;
using System.Text.Json.Serialization;
using Spanhook.Server.Certificates.SelfManaged;
using Spanhook.Server.Reporting.Counting;

namespace Spanhook.Server.Reporting.Publishing;

/// <summary>A core/v1 ConfigMap as it was read: what is not known here goes back unchanged.</summary>
internal sealed record ConfigMap
{
    public string ApiVersion { get; init; } = "v1";
    public string Kind { get; init; } = "ConfigMap";
    public ObjectHead Metadata { get; init; } = new();
    public Dictionary<string, byte[]>? BinaryData { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}

/// <summary>The ConfigMap of the reports at one version: what processes counted that are gone, and what those counted that are there.</summary>
internal sealed class ReportBook
{
    public const string PastKey = "past";

    /// <summary>A dot is in no name of a key that somebody else would choose for this.</summary>
    public const string InstancePrefix = "replica.";

    private readonly ConfigMap _map;

    public ReportBook(ConfigMap map)
    {
        _map = map;
        Past = ReportText.TryRead(Value(PastKey), ReportJsonContext.Default.PastReport, out var past) ? past : null;
        var instances = new Dictionary<string, InstanceReport>(StringComparer.Ordinal);
        foreach (var (key, text) in map.BinaryData ?? [])
        {
            if (key.StartsWith(InstancePrefix, StringComparison.Ordinal) && ReportText.TryRead(text, ReportJsonContext.Default.InstanceReport, out var report)) instances[key[InstancePrefix.Length..]] = report;
        }

        Instances = instances;
    }

    public string Version => _map.Metadata.ResourceVersion ?? "";

    /// <summary>Null when nobody began it yet.</summary>
    public PastReport? Past { get; }

    /// <summary>By instance.</summary>
    public IReadOnlyDictionary<string, InstanceReport> Instances { get; }

    /// <summary>Everything that was counted of the objects that are there.</summary>
    public Counts Total(Cluster.PublishedCluster cluster) =>
        Instances.OrderBy(instance => instance.Value.Written).Aggregate((Past?.Counts ?? Counts.None).Of(cluster), (sum, instance) => sum.Plus(instance.Value.Counts.Of(cluster)));

    /// <summary>The sequence of the report of an instance that is part of the past; null when none is.</summary>
    public long? Folded(string instance) => Past?.Folded.LastOrDefault(folded => folded.Instance == instance)?.Sequence;

    /// <summary>The object with another past and without the keys of these instances.</summary>
    public ConfigMap With(PastReport past, IEnumerable<string> without)
    {
        var data = new Dictionary<string, byte[]>(_map.BinaryData ?? [], StringComparer.Ordinal) { [PastKey] = ReportText.Write(past, ReportJsonContext.Default.PastReport) };
        foreach (var instance in without) data.Remove(InstancePrefix + instance);
        return _map with { BinaryData = data };
    }

    private byte[]? Value(string key) => _map.BinaryData?.GetValueOrDefault(key);
}

/// <summary>The ConfigMap of the reports, and what is in it.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.General, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ConfigMap))]
[JsonSerializable(typeof(InstanceReport))]
[JsonSerializable(typeof(PastReport))]
internal sealed partial class ReportJsonContext : JsonSerializerContext;
