using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Spanhook.Api;
using Spanhook.Api.OpenTelemetry;
using Spanhook.KubeClient.Watching;
using Spanhook.Support;

namespace Spanhook.KubeClient.Tests.Watching;

/// <summary>A reflector of Instrumentations and the fake API server that it watches; back-off costs no time.</summary>
internal sealed class WatchedThings : IAsyncDisposable
{
    public const string Path = "/apis/opentelemetry.io/v1alpha1/instrumentations";

    private readonly CancellationTokenSource _stop = new();
    private readonly ApiServerClient _client;
    private readonly bool _ownsServer;
    private Task _running = Task.CompletedTask;
    private int _changes;

    private WatchedThings(FakeApiServer server, string path, int seed, bool ownsServer)
    {
        (Server, _ownsServer) = (server, ownsServer);
        Things = server.Serve(path, "Instrumentation");
        _client = new ApiServerClient(new ApiServerConfig { Server = server.Url }, Time);
        var resource = new WatchedResource<Instrumentation>("instrumentations", path, ApiJsonContext.Default.Instrumentation, i => i.Metadata);
        Reflector = new Reflector<Instrumentation>(_client, resource, new Random(seed)) { Changed = () => Interlocked.Increment(ref _changes), Problem = Problems.Enqueue };
    }

    public FakeApiServer Server { get; }
    public FakeResource Things { get; }
    public SteppedTime Time { get; } = new() { SkipBelow = TimeSpan.FromSeconds(30) };
    public Reflector<Instrumentation> Reflector { get; }
    public ConcurrentQueue<WatchProblem> Problems { get; } = [];
    public int Changes => Volatile.Read(ref _changes);

    public IReadOnlyList<FakeRequest> Lists => [.. Server.Requests.Where(r => r.IsList)];

    public IReadOnlyList<FakeRequest> Watches => [.. Server.Requests.Where(r => r.IsWatch)];

    public static async Task<WatchedThings> CreateAsync(int seed = 1) => new(await FakeApiServer.StartAsync(), Path, seed, ownsServer: true);

    public static WatchedThings On(FakeApiServer server, string path, int seed) => new(server, path, seed, ownsServer: false);

    /// <summary>Starts, and waits until it watches.</summary>
    public static async Task<WatchedThings> WatchingAsync(params string[] names)
    {
        var watched = await CreateAsync();
        foreach (var name in names) watched.Put(name);
        watched.Start();
        await watched.WatchesAsync();
        return watched;
    }

    public void Start() => _running = Reflector.RunAsync(_stop.Token);

    public JsonObject Put(string name, string ns = "shop") => Things.Put(Thing(name, ns));

    public static JsonObject Thing(string name, string ns = "shop") => new()
    {
        ["metadata"] = new JsonObject
        {
            ["name"] = name,
            ["namespace"] = ns,
            ["managedFields"] = new JsonArray(new JsonObject { ["manager"] = "kubectl", ["fieldsV1"] = new JsonObject { ["f:spec"] = new JsonObject() } }),
        },
        ["spec"] = new JsonObject { ["exporter"] = new JsonObject { ["endpoint"] = "http://collector:4318" } },
    };

    /// <summary>The watch is open on both sides, and its silence is measured (longer than a request may take to be answered).</summary>
    public Task WatchesAsync() => Eventually.IsTrueAsync(() =>
        Things.OpenWatches == 1 && Reflector.Status is { Phase: ReflectorPhase.Watching, Problem: null } && Time.Pending is [var silence] && silence > ApiServerClient.Timeout);

    public Task KnowsAsync(params string[] names) => Eventually.IsTrueAsync(() => Names().SequenceEqual(names.Order(StringComparer.Ordinal)), $"known: {string.Join(", ", names)}");

    /// <summary>What is stored is what the server has, version for version.</summary>
    public async Task IsEqualAsync()
    {
        if (await Eventually.HappensWithinAsync(IsEqual, ticks: 5000)) return;
        Assert.Fail($"the server has {string.Join(", ", Things.State)}, known are {string.Join(", ", Versions())}; {Reflector.Status}; {Things.OpenWatches} watches");
    }

    public bool IsEqual() => Reflector.Status.IsSynced && Versions().SequenceEqual(Things.State.OrderBy(p => p.Key, StringComparer.Ordinal));

    public IReadOnlyList<string> Names() => [.. Reflector.Store.Objects.Select(o => o.Metadata.Name).Order(StringComparer.Ordinal)];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _client.Dispose();
        _stop.Dispose();
        if (_ownsServer) await Server.DisposeAsync();
    }

    private IEnumerable<KeyValuePair<string, string>> Versions() => Reflector.Store.Objects
        .Select(o => KeyValuePair.Create($"{o.Metadata.Namespace}/{o.Metadata.Name}", o.Metadata.ResourceVersion!)).OrderBy(p => p.Key, StringComparer.Ordinal);
}
