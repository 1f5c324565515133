using System.Collections.Concurrent;
using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Api.OpenTelemetry;
using Spanhook.Api.Policy;
using Spanhook.Injection.Cluster;
using Spanhook.KubeClient;
using Spanhook.KubeClient.Watching;
using Spanhook.Server.Admission;
using Spanhook.Server.Hosting;
using Spanhook.Server.Telemetry;

namespace Spanhook.Server.Cluster;

/// <summary>
/// Keeps the cache equal to the objects of an API server. The first snapshot is published when all three collections are known; from then on what
/// was known serves, however long the API server is gone. An admission never waits for any of this.
/// </summary>
internal sealed class ApiServerClusterSource : BackgroundService
{
    /// <summary>Events come in groups (kubectl apply, a relist): compile once for all.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(50);

    /// <summary>However busy the cluster is, a change is felt after this.</summary>
    public static readonly TimeSpan LongestQuiet = TimeSpan.FromMilliseconds(250);

    /// <summary>How old the objects may be before the log says so. Shorter than that is a restart of the API server.</summary>
    public static readonly TimeSpan Tolerated = TimeSpan.FromSeconds(60);

    // So many objects that collecting what they were read from takes tens of milliseconds.
    private const int Large = 1000;

    // So many may be left behind; collecting them takes milliseconds.
    private const int Snapshots = 64;

    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(5);

    private readonly ClusterCache _cache;
    private readonly ILogger<ApiServerClusterSource> _logger;
    private readonly TimeProvider _time;
    private readonly Reflector<Namespace> _namespaces;
    private readonly Reflector<Instrumentation> _instrumentations;
    private readonly Reflector<TracingPolicy> _policies;
    private readonly ClusterCompiler _compiler = new();
    private readonly SameObjects<Instrumentation> _sameInstrumentations = new(instrumentation => instrumentation.Metadata);
    private readonly SameObjects<TracingPolicy> _samePolicies = new(policy => policy.Metadata);
    private volatile PublishedCluster? _published;
    private int _replaced;
    private readonly SemaphoreSlim _changed = new(0, 1);
    private readonly ConcurrentDictionary<string, string> _said = new(StringComparer.Ordinal);
    private readonly Lock _staleLock = new();
    private HashSet<string> _problems = [];
    private volatile bool _isStaleSaid;

    /// <param name="client">Owned by the container.</param>
    /// <param name="cache">Filled.</param>
    /// <param name="logger">For problems of objects, and for whether the API server can be reached.</param>
    /// <param name="time">For waits.</param>
    public ApiServerClusterSource(ApiServerClient client, ClusterCache cache, ILogger<ApiServerClusterSource> logger, TimeProvider time)
    {
        (_cache, _logger, _time) = (cache, logger, time);
        _namespaces = new(client, ApiServerResources.Namespaces) { Changed = Signal, Problem = Report };
        _instrumentations = new(client, ApiServerResources.Instrumentations) { Changed = Signal, Problem = Report };
        _policies = new(client, ApiServerResources.Policies) { Changed = Signal, Problem = Report };
    }

    /// <summary>The three collections now; for metrics.</summary>
    public IReadOnlyList<ReflectorStatus> Statuses => [_namespaces.Status, _instrumentations.Status, _policies.Status];

    /// <summary>How old what is served may be: that of the oldest collection.</summary>
    public TimeSpan Stale => Statuses.Max(status => status.Stale);

    /// <summary>What serves; null until the first time.</summary>
    public PublishedCluster? Published => _published;

    /// <summary>What serves is so old that the log says so.</summary>
    public bool IsStale => _isStaleSaid;

    /// <summary>As they are kept.</summary>
    public IReadOnlyList<Namespace> Namespaces => _namespaces.Store.Objects;

    public override void Dispose()
    {
        _changed.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var check = _time.CreateTimer(_ => CheckStale(), null, CheckEvery, CheckEvery);
        var reflecting = Task.WhenAll(_namespaces.RunAsync(stoppingToken), _instrumentations.RunAsync(stoppingToken), _policies.RunAsync(stoppingToken));
        try
        {
            while (true)
            {
                await _changed.WaitAsync(stoppingToken);
                var first = _time.GetTimestamp();
                do await Task.Delay(Quiet, _time, stoppingToken);
                while (_changed.Wait(0, stoppingToken) && _time.GetElapsedTime(first) + Quiet <= LongestQuiet);
                Publish();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await reflecting;
        }
    }

    private void Publish()
    {
        var statuses = Statuses;
        if (statuses.Any(status => !status.IsSynced)) return;
        var objects = new ClusterObjects
        {
            Namespaces = Namespaces,
            Instrumentations = _sameInstrumentations.Of(_instrumentations.Store.Objects),
            Policies = _samePolicies.Of(_policies.Store.Objects),
            KnowsEveryNamespace = true,
        };
        if (IsServing(objects)) return;
        try
        {
            var isFirst = !_cache.IsLoaded;
            var snapshot = _compiler.Compile(objects);

            // Nobody waits yet: the collection of what loading left would otherwise come with the first reviews.
            if (isFirst && objects.Namespaces.Count + objects.Instrumentations.Count + objects.Policies.Count > Large) IdleMemory.GiveBack();
            _cache.Replace(snapshot);
            _published = new(objects, snapshot);
            if (isFirst) ApiServerLog.Synced(_logger, objects.Namespaces.Count, objects.Instrumentations.Count, objects.Policies.Count);
            LogProblems(snapshot.Problems);

            // What the snapshots before were made of has lived for some collections, and the collector would not look at it again for many megabytes.
            if (++_replaced % Snapshots == 0) GC.Collect(1, GCCollectionMode.Forced, blocking: true);
        }
#pragma warning disable CA1031 // whatever is wrong with the new objects, the old ones serve
        catch (Exception e)
#pragma warning restore CA1031
        {
            ApiServerLog.KeptLastGood(_logger, Readable(e.Message));
        }
    }

    private bool IsServing(ClusterObjects objects) =>
        _published?.Objects is { } serving && ReferenceEquals(serving.Namespaces, objects.Namespaces)
        && ReferenceEquals(serving.Instrumentations, objects.Instrumentations) && ReferenceEquals(serving.Policies, objects.Policies);

    /// <summary>Those that were not there before: an object that stays wrong is not told about with each change of another.</summary>
    private void LogProblems(IReadOnlyList<ObjectProblem> problems)
    {
        var now = problems.Select(problem => problem.ToString()).ToHashSet(StringComparer.Ordinal);
        foreach (var problem in now)
        {
            if (!_problems.Contains(problem)) Log.ObjectProblem(_logger, Readable(problem));
        }

        _problems = now;
    }

    /// <summary>The first of several failures in a row; an object that cannot be read once for each way in which it cannot.</summary>
    private void Report(WatchProblem problem)
    {
        var message = Readable(problem.Message);
        if (problem.Error is not { } error)
        {
            var key = $"{problem.Resource}/{problem.Object}";
            if (_said.TryGetValue(key, out var said) && said == message) return;
            if (_said.Count > 1000) _said.Clear();
            _said[key] = message;
            ApiServerLog.UnreadableObject(_logger, problem.Resource, Readable(problem.Object ?? ""), message);
            return;
        }

        var reason = error.Reason ?? "";
        if (_said.TryGetValue(problem.Resource, out var last) && last == reason) return;
        _said[problem.Resource] = reason;
        var level = error.Status is 401 or 403 or 404 ? LogLevel.Warning : LogLevel.Information;
        ApiServerLog.Failed(_logger, level, problem.Resource, message);
    }

    private void CheckStale()
    {
        lock (_staleLock)
        {
            var statuses = Statuses;
            foreach (var status in statuses.Where(status => status.Problem is null)) _said.TryRemove(status.Resource, out _);
            if (!_cache.IsLoaded) return;
            var oldest = statuses.MaxBy(status => status.Stale)!;
            if (oldest.Stale >= Tolerated && !_isStaleSaid)
            {
                _isStaleSaid = true;
                ApiServerLog.Stale(_logger, oldest.Resource, oldest.Stale.TotalSeconds, Readable(oldest.Problem ?? ""));
            }
            else if (oldest.Stale == TimeSpan.Zero && _isStaleSaid)
            {
                _isStaleSaid = false;
                ApiServerLog.Current(_logger);
            }
        }
    }

    // What a tenant or a proxy may have written.
    private static string Readable(string text) => AdmissionReviewWriter.Clean(text, max: 1024);

    private void Signal()
    {
        try
        {
            if (_changed.CurrentCount == 0) _changed.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // Somebody else signalled first, or the server is stopping.
        }
    }
}
