using Spanhook.Api.Meta;
using Spanhook.KubeClient;
using Spanhook.Server.Cluster;
using Spanhook.Server.Reporting.Counting;
using Spanhook.Server.Reporting.Publishing;

namespace Spanhook.Server.Reporting.Statuses;

/// <summary>
/// Makes the status of every object what it should be, slowly: those that differ, the longest unwritten first. What stands in the API server is
/// read when it begins, and from time to time; else what was written last is remembered. For one thread.
/// </summary>
internal sealed class StatusWriter(StatusStore store, ReportingMetrics metrics, ILogger<StatusWriter> logger, TimeProvider time)
{
    /// <summary>Between two writes: five in a second.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <summary>What stands in the API server is looked at again: somebody may have changed it.</summary>
    public static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(10);

    /// <summary>A kind that has no status for us is asked again: somebody may have replaced its definition.</summary>
    public static readonly TimeSpan Unsupported = TimeSpan.FromHours(1);

    /// <summary>A kind that we may not write.</summary>
    public static readonly TimeSpan Forbidden = TimeSpan.FromMinutes(10);

    private readonly Dictionary<(StatusKind Kind, NamespacedName Name, string Uid), KnownStatus> _known = [];
    private readonly Dictionary<StatusKind, (long Since, TimeSpan For)> _paused = [];
    private readonly HashSet<(StatusKind, int)> _said = [];
    private readonly Pace _pace = new(Interval, time);
    private long? _listed;

    /// <summary>Another process writes from now on: what is remembered grows old.</summary>
    public void Stop()
    {
        _listed = null;
        _known.Clear();
        metrics.Pending = 0;
    }

    /// <summary>Writes what differs, for a while.</summary>
    /// <param name="cluster">What serves.</param>
    /// <param name="book">What was counted; null when there is none.</param>
    /// <param name="isStale">What serves is outdated.</param>
    /// <param name="goesOn">Asked before each write.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ApiServerException">The API server cannot be asked now.</exception>
    public async Task WriteAsync(PublishedCluster cluster, ReportBook? book, bool isStale, Func<bool> goesOn, CancellationToken cancellation)
    {
        await LookAsync(cancellation);
        var view = new StatusView { IsCounted = book is not null, PastSince = book?.Past is { } past ? ToSecond(past.Since) : null, IsStale = isStale };
        var differing = Differing(cluster, book?.Total(cluster), view).OrderBy(one => one.Known.WrittenAt).ToList();
        metrics.Pending = differing.Count;
        foreach (var one in differing)
        {
            if (!goesOn()) return;
            if (!IsPaused(one.Subject.Kind)) await WriteAsync(one.Subject, one.Known, one.Status, cancellation);
            metrics.Pending--;
        }
    }

    private IEnumerable<(StatusSubject Subject, KnownStatus Known, ObjectStatus Status)> Differing(PublishedCluster cluster, Counts? total, StatusView view)
    {
        var now = ToSecond(time.GetUtcNow());
        var seen = new HashSet<(StatusKind, NamespacedName, string)>();
        foreach (var subject in StatusSubject.All(cluster, total))
        {
            var key = KeyOf(subject.Kind, subject.Metadata.Namespace, subject.Metadata.Name, subject.Metadata.Uid);
            seen.Add(key);
            if (!_known.TryGetValue(key, out var known)) _known[key] = known = new KnownStatus(time);
            var status = StatusMaker.Make(subject, known.View(subject, view), now);
            if (!known.IsSameAs(status) && !IsPaused(subject.Kind)) yield return (subject, known, status);
        }

        foreach (var gone in _known.Keys.Where(key => !seen.Contains(key)).ToList()) _known.Remove(gone);
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        if (_listed is { } listed && time.GetElapsedTime(listed) < LookAgain) return;
        foreach (var kind in StatusKind.All)
        {
            try
            {
                await store.ListAsync(kind, (head, status) => Learn(KeyOf(kind, head.Namespace, head.Name, head.Uid), status), cancellation);
            }
            catch (ApiServerException e) when (e.Status == StatusCodes.Status404NotFound)
            {
                // A cluster without that definition.
            }
        }

        _listed = time.GetTimestamp();
    }

    private void Learn((StatusKind, NamespacedName, string) key, ObjectStatus? status)
    {
        if (!_known.TryGetValue(key, out var known)) _known[key] = known = new KnownStatus(time);
        known.Is(status);
    }

    private async Task WriteAsync(StatusSubject subject, KnownStatus known, ObjectStatus status, CancellationToken cancellation)
    {
        await _pace.NextAsync(cancellation);
        try
        {
            await store.ApplyAsync(subject, status, cancellation);
            known.Written(status);
            metrics.StatusWritten(subject.Kind, "written");
            _said.RemoveWhere(said => said.Item1 == subject.Kind);
        }
        catch (ApiServerException e) when (e.Status == StatusCodes.Status409Conflict)
        {
            metrics.StatusWritten(subject.Kind, "conflict"); // made anew: the watch will tell
        }
        catch (ApiServerException e) when (e.Status == StatusCodes.Status403Forbidden)
        {
            Pause(subject.Kind, e.Status, Forbidden, $"the status of {subject.Kind.Plural} may not be written, so they have none: grant patch of {subject.Kind.Plural}/status ({e.Message})");
        }
        catch (ApiServerException e) when (e.Status == StatusCodes.Status404NotFound)
        {
            if (!await store.ExistsAsync(subject, cancellation)) return;
            Pause(subject.Kind, e.Status, Unsupported, $"the definition of {subject.Kind.Plural} in this cluster has no status subresource, so they get no status: everything else works; deploy/crds has one with it");
        }
        catch (ApiServerException e) when (IsRefusal(e))
        {
            Pause(subject.Kind, e.Status, Unsupported, $"the definition of {subject.Kind.Plural} in this cluster does not know our status, so they get none: everything else works; deploy/crds has one that does ({e.Message})");
        }
    }

    private void Pause(StatusKind kind, int status, TimeSpan duration, string problem)
    {
        metrics.StatusWritten(kind, "refused");
        _paused[kind] = (time.GetTimestamp(), duration);
        if (_said.Add((kind, status))) ReportingLog.Problem(logger, Readable(problem));
    }

    private bool IsPaused(StatusKind kind) => _paused.TryGetValue(kind, out var paused) && time.GetElapsedTime(paused.Since) < paused.For;

    // A definition with other fields: that is an answer for good, and some servers call it their own failure.
    private static bool IsRefusal(ApiServerException e) =>
        e.Status is StatusCodes.Status400BadRequest or StatusCodes.Status422UnprocessableEntity || (e.Status >= 500 && e.Message.Contains("not declared in schema", StringComparison.Ordinal));

    private static string Readable(string text) => Admission.AdmissionReviewWriter.Clean(text, max: 1024);

    private static (StatusKind, NamespacedName, string) KeyOf(StatusKind kind, string? ns, string name, string? uid) => (kind, new(ns ?? "", name), uid ?? "");

    private static DateTime ToSecond(DateTimeOffset time) => new(time.UtcTicks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, DateTimeKind.Utc);
}
