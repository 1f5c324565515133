using Spanhook.Load.Generating;
using Spanhook.Load.Pods;
using Spanhook.Load.Serving;

namespace Spanhook.Load.Scenarios;

/// <summary>What the command line said.</summary>
internal sealed record LoadSettings
{
    /// <summary>The server's program.</summary>
    public required string Server { get; init; }

    /// <summary>Instead of each scenario's own length.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Instead of how often each scenario does its thing.</summary>
    public int? Times { get; init; }

    public int Runs { get; init; } = 1;

    /// <summary>Where the pages go; null for nowhere.</summary>
    public string? Evidence { get; init; }
}

/// <summary>What a scenario works with: settings, servers, a folder of its own.</summary>
internal sealed class ScenarioContext(LoadSettings settings, ServerBuild build, string folder) : IAsyncDisposable
{
    private readonly List<Webhook> _started = [];

    public LoadSettings Settings => settings;

    public ServerBuild Build => build;

    /// <summary>Deleted afterwards.</summary>
    public string Folder => folder;

    public string Cluster => Path.Combine(folder, "cluster");

    public TimeSpan Duration(double seconds) => settings.Duration ?? TimeSpan.FromSeconds(seconds);

    public int Times(int usual) => settings.Times ?? usual;

    public void Say(string text) => Console.Error.WriteLine($"  {text}");

    /// <summary>A ready server over <see cref="Cluster"/>, which gets the ordinary objects if there are none yet.</summary>
    public async Task<Webhook> StartAsync(CancellationToken cancellation, params string[] options)
    {
        Directory.CreateDirectory(Cluster);
        if (!Directory.EnumerateFiles(Cluster).Any()) await File.WriteAllTextAsync(Path.Combine(Cluster, "cluster.yaml"), LoadReviews.Cluster, cancellation);
        return await StartWithAsync(["--cluster", Cluster, .. options], cancellation);
    }

    /// <summary>A ready server that is fed by an API server.</summary>
    public Task<Webhook> StartAgainstAsync(FakeCluster cluster, CancellationToken cancellation, params string[] options) => StartWithAsync([.. cluster.Options, .. options], cancellation);

    /// <summary>A ready server that has answered for some seconds already: what is measured is not its compiler.</summary>
    public async Task<Webhook> StartWarmAsync(CancellationToken cancellation, params string[] options) =>
        await WarmAsync(await StartAsync(cancellation, options), cancellation);

    /// <summary>As <see cref="StartWarmAsync"/>, fed by an API server.</summary>
    public async Task<Webhook> StartWarmAgainstAsync(FakeCluster cluster, CancellationToken cancellation, params string[] options) =>
        await WarmAsync(await StartAgainstAsync(cluster, cancellation, options), cancellation);

    /// <summary>Until it is true, or the time is over; how long that took.</summary>
    public static async Task<TimeSpan?> UntilAsync(Func<bool> condition, TimeSpan patience, CancellationToken cancellation)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(start) is var elapsed && elapsed < patience)
        {
            if (condition()) return elapsed;
            await Task.Delay(10, cancellation);
        }

        return null;
    }

    private static async Task<Webhook> WarmAsync(Webhook webhook, CancellationToken cancellation)
    {
        await LoadGenerator.RunAsync(webhook.Plan(LoadReviews.Mix(), 500, TimeSpan.FromSeconds(5)), cancellation);
        return webhook;
    }

    private async Task<Webhook> StartWithAsync(string[] options, CancellationToken cancellation)
    {
        var webhook = await Webhook.StartAsync(build, folder, options, cancellation);
        _started.Add(webhook);
        return webhook;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var webhook in _started) webhook.Dispose();
        await Task.Run(() => Directory.Delete(folder, recursive: true));
    }
}
