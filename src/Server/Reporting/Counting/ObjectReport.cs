using System.Text.Json.Serialization;

namespace Spanhook.Server.Reporting.Counting;

/// <summary>What was counted of one object.</summary>
internal sealed record ObjectReport
{
    /// <summary>Of the object, which may be made anew under its name.</summary>
    public string Uid { get; init; } = "";
    public long Injected { get; init; }

    /// <summary>By the code of the reason.</summary>
    public SortedDictionary<string, SkipReport> Skipped { get; init; } = new(StringComparer.Ordinal);

    [JsonIgnore]
    public long Matched => Injected + Skipped.Values.Sum(skip => skip.Count);

    public ObjectReport Plus(ObjectReport later)
    {
        var sum = new SortedDictionary<string, SkipReport>(Skipped, StringComparer.Ordinal);
        foreach (var (reason, skip) in later.Skipped)
            sum[reason] = sum.TryGetValue(reason, out var before) ? new() { Count = before.Count + skip.Count, Example = skip.Example ?? before.Example } : skip;
        return this with { Injected = Injected + later.Injected, Skipped = sum };
    }

    public ObjectReport Minus(ObjectReport earlier)
    {
        var left = new SortedDictionary<string, SkipReport>(StringComparer.Ordinal);
        foreach (var (reason, skip) in Skipped)
        {
            var count = skip.Count - (earlier.Skipped.TryGetValue(reason, out var before) ? before.Count : 0);
            if (count > 0) left[reason] = skip with { Count = count };
        }

        return this with { Injected = Math.Max(0, Injected - earlier.Injected), Skipped = left };
    }

    public ObjectReport WithoutExamples()
    {
        var bare = new SortedDictionary<string, SkipReport>(StringComparer.Ordinal);
        foreach (var (reason, skip) in Skipped) bare[reason] = new() { Count = skip.Count };
        return this with { Skipped = bare };
    }
}

/// <summary>How often a reason kept pods from being injected.</summary>
internal sealed record SkipReport
{
    public long Count { get; init; }

    /// <summary>NAMESPACE/NAME of a recent one.</summary>
    public string? Example { get; init; }
}
