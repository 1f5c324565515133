using Spanhook.KubeClient;
using Spanhook.Server.Certificates.SelfManaged;
using Spanhook.Server.Cluster;
using Spanhook.Server.Hosting;
using Spanhook.Server.Reporting.Publishing;
using Spanhook.Server.Reporting.Statuses;

namespace Spanhook.Server.Reporting;

/// <summary>
/// Every few seconds: each replica writes what it counted, when that is something new; the holder of the Lease adds up what all have counted and
/// makes the statuses say it. No admission waits for any of it.
/// </summary>
internal sealed class ReportKeeper(ReportKeeperParts parts, LeaseElection lease, ApiServerClusterSource source, ILogger<ReportKeeper> logger, TimeProvider time) : RoundService(time)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly ProblemLog _problems = new(logger, time, "Reports");
    private bool _writes;

    /// <summary>One round; how long to wait for the next.</summary>
    public override async Task<TimeSpan> TickAsync(CancellationToken cancellation)
    {
        if (source.Published is not { } cluster) return Interval;
        try
        {
            Take(lease.IsHeld);
            await ReportAsync(cluster, cancellation);
            if (_writes) await WriteAsync(cluster, cancellation);
            _problems.Over("tick");
            return Interval;
        }
        catch (ApiServerException e)
        {
            _problems.Say("tick", e.Message);
            return e.RetryAfter is { } wait && wait > Interval ? (wait < LongestWait ? wait : LongestWait) : Interval;
        }
    }

    /// <summary>Writes the last report, once no admission is answered any more.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (source.Published is not { } cluster) return;
        try
        {
            await parts.Reporter.WriteAsync(null, cluster, ended: true, cancellationToken);
        }
        catch (Exception e) when (e is ApiServerException or OperationCanceledException)
        {
            // The report of before stands; the pods since then are in no count.
        }
    }

    protected override TimeSpan Failed(string exception, string? stackTrace)
    {
        ReportingLog.Failed(logger, exception, stackTrace);
        return Interval;
    }

    private void Take(bool writes)
    {
        if (writes == _writes) return;
        _writes = writes;
        ReportingLog.Role(logger, parts.Reporter.Instance, writes ? "writes the statuses of all" : "only counts");
        if (!writes) parts.Statuses.Stop();
    }

    private async Task ReportAsync(PublishedCluster cluster, CancellationToken cancellation)
    {
        if (!parts.Reporter.IsDue) return;
        try
        {
            if (await parts.Reporter.WriteAsync(null, cluster, ended: false, cancellation)) parts.Metrics.ReportWritten("written");
            _problems.Over("report");
        }
        catch (ApiServerException e)
        {
            // The writer goes on with what it can read.
            parts.Metrics.ReportWritten("failed");
            _problems.Say("report", $"the ConfigMap {parts.Store.FullName} cannot be written: {e.Message}");
        }
    }

    private async Task WriteAsync(PublishedCluster cluster, CancellationToken cancellation)
    {
        var book = await parts.Store.ReadAsync(cancellation);
        if (book is null) _problems.Say("book", $"the ConfigMap {parts.Store.FullName} does not exist, so the statuses have no counts: apply an empty one of that name");
        else _problems.Over("book");
        if (book is not null) await FoldAsync(book, cluster, cancellation);
        await parts.Statuses.WriteAsync(cluster, book, source.IsStale, () => lease.IsHeld, cancellation);
    }

    private async Task FoldAsync(ReportBook book, PublishedCluster cluster, CancellationToken cancellation)
    {
        if (parts.Folding.Fold(book, cluster) is not { } folded) return;
        try
        {
            await parts.Store.ReplaceAsync(folded, cancellation);
        }
        catch (ApiServerException e) when (e.Status == StatusCodes.Status409Conflict)
        {
            // A replica wrote meanwhile: next time.
        }
    }
}

/// <summary>What a replica reports with.</summary>
internal sealed record ReportKeeperParts(ReportStore Store, InstanceReporter Reporter, ReportFolding Folding, StatusWriter Statuses, ReportingMetrics Metrics);
