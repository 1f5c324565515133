using Spanhook.Injection.Cluster;
using Spanhook.Manifests;
using Spanhook.Server.Admission;
using Spanhook.Server.Files;
using Spanhook.Server.Telemetry;

namespace Spanhook.Server.Cluster;

/// <summary>
/// The embedded default: reads manifests from a file or folder and reads them again when they change. A file that cannot be read keeps the
/// last good objects, and the log says which line is wrong.
/// </summary>
internal sealed class DirectoryClusterSource(string path, ClusterCache cache, ILogger<DirectoryClusterSource> logger, TimeProvider time) : BackgroundService
{
    /// <summary>Editors and kubectl write several files in a row: wait until they are done.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);

    /// <summary>Notifications may be lost, and a mounted ConfigMap changes by a link: look anyway.</summary>
    public static readonly TimeSpan Poll = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _changed = new(0, 1);
    private string _fingerprint = "";

    /// <summary>The first load. Unlike a later one it must succeed: a server that starts with a wrong path helps nobody.</summary>
    /// <exception cref="ManifestException">A manifest cannot be read.</exception>
    public void LoadFirst()
    {
        _fingerprint = Fingerprint();
        Load();
    }

    /// <summary>Loads if anything changed; true when the objects were replaced.</summary>
    public bool Reload()
    {
        var fingerprint = Fingerprint();
        if (fingerprint == _fingerprint) return false;
        _fingerprint = fingerprint;
        try
        {
            Load();
            return true;
        }
#pragma warning disable CA1031 // whatever is wrong with the new objects, the old ones serve: nothing may end the watch, which would end the server
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.KeptLastGood(logger, path, Readable(e.Message));
            return false;
        }
    }

    public override void Dispose()
    {
        _changed.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var watcher = Watch();
        using var poll = time.CreateTimer(_ => Signal(), null, Poll, Poll);
        try
        {
            while (true)
            {
                await _changed.WaitAsync(stoppingToken);
                await Task.Delay(Quiet, time, stoppingToken);
                Reload();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops. When it does so because it cannot listen, the host would call this a failure of ours.
        }
    }

    private void Load()
    {
        var manifests = ClusterManifests.Load(path);
        var snapshot = ClusterSnapshot.Compile(manifests.Objects);
        cache.Replace(snapshot);
        foreach (var warning in manifests.Warnings) Log.ObjectProblem(logger, Readable(warning.ToString()));
        foreach (var problem in snapshot.Problems)
        {
            var placed = manifests.Problem(problem.Kind, problem.Name, problem.Field, problem.Message)?.ToString();
            Log.ObjectProblem(logger, Readable(placed ?? problem.ToString()));
        }

        Log.Loaded(logger, path, manifests.Objects.Namespaces.Count, manifests.Objects.Instrumentations.Count, manifests.Objects.Policies.Count);
    }

    // Problems quote what a tenant may have written. Several of them, one to a line, become one log line.
    private static string Readable(string problems) => AdmissionReviewWriter.Clean(problems.Replace("\n", "; ", StringComparison.Ordinal), max: 4096);

    private FileSystemWatcher? Watch()
    {
        try
        {
            // Beside a single file may be anything, however deep: only its own folder is watched.
            var isFolder = Directory.Exists(path);
            var watcher = new FileSystemWatcher(isFolder ? path : Path.GetDirectoryName(Path.GetFullPath(path))!) { IncludeSubdirectories = isFolder };
            watcher.Changed += (_, _) => Signal();
            watcher.Created += (_, _) => Signal();
            watcher.Deleted += (_, _) => Signal();
            watcher.Renamed += (_, _) => Signal();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception e) when (e is IOException or ArgumentException)
        {
            return null; // no notifications to be had here: the poll finds changes, only later
        }
    }

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

    // The files that would be loaded, and no others; a few small ones.
    private string Fingerprint()
    {
        try
        {
            return ContentFingerprint.Of(ManifestFiles.List(path, recursive: true));
        }
        catch (ManifestException e)
        {
            return e.Message;
        }
    }
}
