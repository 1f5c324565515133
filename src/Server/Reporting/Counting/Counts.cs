using System.Text.Json.Serialization;
using Spanhook.Server.Cluster;

namespace Spanhook.Server.Reporting.Counting;

/// <summary>Counts of objects, as they are added up and stored. Never changed once made.</summary>
internal sealed record Counts
{
    public static readonly Counts None = new();

    /// <summary>By name.</summary>
    public SortedDictionary<string, ObjectReport> Policies { get; init; } = new(StringComparer.Ordinal);

    /// <summary>By namespace/name.</summary>
    public SortedDictionary<string, ObjectReport> Instrumentations { get; init; } = new(StringComparer.Ordinal);

    [JsonIgnore]
    public bool IsEmpty => Policies.Count == 0 && Instrumentations.Count == 0;

    /// <summary>Those of the objects that are there: what was deleted, or made anew under its name, has no counts.</summary>
    public Counts Of(PublishedCluster cluster) => new()
    {
        Policies = Where(Policies, (name, report) => cluster.PolicyUids.GetValueOrDefault(name) == report.Uid),
        Instrumentations = Where(Instrumentations, (name, report) => cluster.InstrumentationUids.GetValueOrDefault(name) == report.Uid),
    };

    /// <summary>Both.</summary>
    /// <param name="later">Its examples are shown; and it has the newer object when one was made anew.</param>
    public Counts Plus(Counts later) => new() { Policies = Sum(Policies, later.Policies), Instrumentations = Sum(Instrumentations, later.Instrumentations) };

    /// <summary>What was counted since then.</summary>
    public Counts Minus(Counts earlier) => new() { Policies = Difference(Policies, earlier.Policies), Instrumentations = Difference(Instrumentations, earlier.Instrumentations) };

    /// <summary>Without what is only for people, and takes the most room.</summary>
    public Counts WithoutExamples() => new() { Policies = Bare(Policies), Instrumentations = Bare(Instrumentations) };

    private static SortedDictionary<string, ObjectReport> Where(SortedDictionary<string, ObjectReport> reports, Func<string, ObjectReport, bool> condition)
    {
        var chosen = new SortedDictionary<string, ObjectReport>(StringComparer.Ordinal);
        foreach (var (name, report) in reports)
        {
            if (condition(name, report)) chosen[name] = report;
        }

        return chosen;
    }

    private static SortedDictionary<string, ObjectReport> Sum(SortedDictionary<string, ObjectReport> earlier, SortedDictionary<string, ObjectReport> later)
    {
        var sum = new SortedDictionary<string, ObjectReport>(earlier, StringComparer.Ordinal);
        foreach (var (name, report) in later) sum[name] = sum.TryGetValue(name, out var before) && before.Uid == report.Uid ? before.Plus(report) : report;
        return sum;
    }

    private static SortedDictionary<string, ObjectReport> Difference(SortedDictionary<string, ObjectReport> now, SortedDictionary<string, ObjectReport> earlier)
    {
        var difference = new SortedDictionary<string, ObjectReport>(StringComparer.Ordinal);
        foreach (var (name, report) in now)
        {
            var left = earlier.TryGetValue(name, out var before) && before.Uid == report.Uid ? report.Minus(before) : report;
            if (left.Matched > 0) difference[name] = left;
        }

        return difference;
    }

    private static SortedDictionary<string, ObjectReport> Bare(SortedDictionary<string, ObjectReport> reports)
    {
        var bare = new SortedDictionary<string, ObjectReport>(StringComparer.Ordinal);
        foreach (var (name, report) in reports) bare[name] = report.WithoutExamples();
        return bare;
    }
}
