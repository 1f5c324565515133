using Spanhook.Server.Cluster;
using Spanhook.Server.Reporting.Counting;

namespace Spanhook.Server.Reporting.Publishing;

/// <summary>
/// Adds the reports of processes that are gone to the past: those that said so, and those that stood unchanged for long, as seen from here. Sum and
/// deletion are one write at one version: they happen both or not at all, whoever crashes. It is never urgent, since a report counts all the
/// same while it stands in its own key.
/// </summary>
internal sealed class ReportFolding(TimeProvider time)
{
    /// <summary>A process that is alive has written several times within it.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromMinutes(15);

    private const int MostRemembered = 128;

    private readonly Dictionary<string, (long Sequence, long Since)> _seen = new(StringComparer.Ordinal);

    /// <summary>The object to write; null when nothing is to do.</summary>
    public ConfigMap? Fold(ReportBook book, PublishedCluster cluster)
    {
        Observe(book);
        var gone = book.Instances.Where(instance => instance.Value.Ended || time.GetElapsedTime(_seen[instance.Key].Since) >= Silence).OrderBy(instance => instance.Value.Written).ToList();
        if (gone.Count == 0 && book.Past is not null) return null;
        var past = book.Past ?? new() { Since = time.GetUtcNow() };
        var counts = gone.Aggregate(past.Counts.Of(cluster), (sum, instance) => sum.Plus(instance.Value.Counts.Of(cluster)));
        var names = gone.Select(instance => instance.Key).ToHashSet(StringComparer.Ordinal);
        var folded = past.Folded.Where(before => !names.Contains(before.Instance)).Concat(gone.Select(instance => new FoldedReport(instance.Key, instance.Value.Sequence))).TakeLast(MostRemembered);
        return book.With(past with { Counts = Bounded(counts), Folded = [.. folded] }, names);
    }

    private void Observe(ReportBook book)
    {
        foreach (var gone in _seen.Keys.Where(instance => !book.Instances.ContainsKey(instance)).ToList()) _seen.Remove(gone);
        foreach (var (instance, report) in book.Instances)
        {
            if (!_seen.TryGetValue(instance, out var seen) || seen.Sequence != report.Sequence) _seen[instance] = (report.Sequence, time.GetTimestamp());
        }
    }

    private static Counts Bounded(Counts counts) =>
        ReportText.Write(new PastReport { Counts = counts }, ReportJsonContext.Default.PastReport).Length <= ReportText.Longest ? counts : counts.WithoutExamples();
}
