using Spanhook.KubeClient;
using Spanhook.Server.Cluster;
using Spanhook.Server.Reporting.Counting;

namespace Spanhook.Server.Reporting.Publishing;

/// <summary>
/// Keeps the report of this process in its key. What is written is always the whole count, so that a lost write costs nothing. Where a writer took
/// this process for gone and made its report part of the past, it goes on counting from there: which of its reports that was is in the past too,
/// so that no pod counts twice, not even when the answer to a write was lost. For one thread.
/// </summary>
internal sealed class InstanceReporter(AdmissionTally tally, ReportStore store, InstanceName name, TimeProvider time)
{
    /// <summary>A process that has nothing new to say says so this often.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromMinutes(4);

    private const int Attempts = 3;

    private InstanceReport? _known;
    private InstanceReport? _pending;
    private Counts _past = Counts.None;
    private long _sequence;
    private long _written = -1;
    private long _writtenAt;

    public string Instance => name.Text;

    /// <summary>Whether there is something to write.</summary>
    public bool IsDue => tally.Changes != Math.Max(_written, 0) || _pending is not null || (_known is not null && time.GetElapsedTime(_writtenAt) >= Heartbeat);

    /// <summary>Writes what was counted.</summary>
    /// <param name="book">As it was read last; null to read it.</param>
    /// <param name="cluster">Its objects: others have no counts.</param>
    /// <param name="ended">This is the last report.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>False when the ConfigMap is not there.</returns>
    /// <exception cref="ApiServerException">It cannot be read or written now.</exception>
    public async Task<bool> WriteAsync(ReportBook? book, PublishedCluster cluster, bool ended, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            book ??= await store.ReadAsync(cancellation);
            if (book is null) return false;
            Learn(book);
            try
            {
                await ApplyAsync(book, cluster, ended, cancellation);
                return true;
            }
            catch (ApiServerException e) when (e.Status == StatusCodes.Status409Conflict && attempt < Attempts)
            {
                (_pending, book) = (null, null);
            }
            catch (ApiServerException e) when (!e.IsUnknown())
            {
                _pending = null;
                throw;
            }
        }
    }

    private async Task ApplyAsync(ReportBook book, PublishedCluster cluster, bool ended, CancellationToken cancellation)
    {
        var changes = tally.Changes;
        var counts = tally.Read(cluster).Minus(_past);
        if (counts.IsEmpty && _known is null)
        {
            _written = changes;
            return; // a key costs room
        }

        _pending = new() { Sequence = ++_sequence, Ended = ended, Written = time.GetUtcNow(), Counts = counts };
        var text = ReportText.Write(_pending, ReportJsonContext.Default.InstanceReport);
        if (text.Length > ReportText.Longest)
        {
            _pending = _pending with { Counts = counts.WithoutExamples() };
            text = ReportText.Write(_pending, ReportJsonContext.Default.InstanceReport);
        }

        await store.ApplyAsync(Instance, book.Version, text, cancellation);
        (_known, _pending, _written, _writtenAt) = (_pending, null, changes, time.GetTimestamp());
    }

    /// <summary>What became of the reports of before.</summary>
    private void Learn(ReportBook book)
    {
        if (_known is null && _pending is null) return;
        if (book.Instances.TryGetValue(Instance, out var stored))
        {
            (_known, _pending) = (stored, null);
            return;
        }

        // Gone: part of the past, or nobody's any more, when somebody emptied the ConfigMap.
        if (book.Folded(Instance) is { } sequence && (Is(_pending, sequence) ?? Is(_known, sequence)) is { } folded) _past = _past.Plus(folded.Counts);
        (_known, _pending, _written) = (null, null, -1);
    }

    private static InstanceReport? Is(InstanceReport? report, long sequence) => report?.Sequence == sequence ? report : null;
}
