using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Spanhook.KubeClient;
using Spanhook.KubeClient.Watching;
using Spanhook.Server.Cluster;
using Spanhook.Server.Tests.Support;
using Spanhook.Support;

namespace Spanhook.Server.Tests.Cluster;

/// <summary>The objects of an API server, as snapshots of the cache.</summary>
public sealed class ApiServerClusterSourceTests : IAsyncLifetime
{
    private readonly LogLines _log = new();
    private readonly ClusterCache _cache = new();
    private readonly SteppedTime _time = new() { SkipBelow = TimeSpan.FromSeconds(30) };
    private FakeApiServer _server = null!;
    private ApiServerClient _client = null!;
    private ApiServerClusterSource _source = null!;
    private FakeResource _namespaces = null!;
    private FakeResource _instrumentations = null!;
    private FakeResource _policies = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await FakeApiServer.StartAsync();
        _namespaces = _server.Serve("/api/v1/namespaces", "Namespace");
        _instrumentations = _server.Serve("/apis/opentelemetry.io/v1alpha1/instrumentations", "Instrumentation");
        _policies = _server.Serve("/apis/spanhook.dev/v1alpha1/tracingpolicies", "TracingPolicy");
        _client = new ApiServerClient(new ApiServerConfig { Server = _server.Url }, _time);
        _source = new ApiServerClusterSource(_client, _cache, _log.For<ApiServerClusterSource>(), _time);
    }

    public async ValueTask DisposeAsync()
    {
        await _source.StopAsync(CancellationToken.None);
        _source.Dispose();
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task It_is_loaded_when_all_three_collections_are_known_of_which_one_may_be_missing()
    {
        _policies.Remove();
        Put(_instrumentations, "a", "spec", new JsonObject());
        _server.Fault = request => request.Path.StartsWith("/api/v1", StringComparison.Ordinal) ? FakeFault.Answer(503, "ServiceUnavailable") : null;
        await _source.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.IsTrueAsync(() => _source.Statuses.Count(s => s.IsSynced) == 2 && _source.Statuses[0].Failures > 3);
        Assert.False(_cache.IsLoaded);
        _server.Fault = _ => null;
        await Eventually.IsTrueAsync(() => _cache.IsLoaded);
        await Eventually.IsTrueAsync(() => Said("0 namespaces, 1 Instrumentations, 0 policies") == 1);
        Assert.Equal(1, Said("Cannot watch namespaces"));
    }

    [Fact]
    public async Task A_change_is_compiled_once_for_a_group_and_only_what_changed()
    {
        for (var i = 0; i < 20; i++) Put(_instrumentations, $"a{i}", "spec", new JsonObject());
        await LoadAsync();
        var first = _cache.Current;
        Put(_instrumentations, "late", "spec", new JsonObject { ["sampler"] = new JsonObject { ["type"] = "sometimes" } });
        await Eventually.IsTrueAsync(() => _cache.Current.Problems.Count == 1);
        Assert.NotSame(first, _cache.Current);
        Put(_instrumentations, "other", "spec", new JsonObject());
        await Eventually.IsTrueAsync(() => _source.Statuses[1].Objects == 22);
        Assert.Equal(1, Said("sampler")); // not again with each change of another object
    }

    [Fact]
    public async Task Of_a_namespace_only_what_is_decided_by_is_asked_for_and_kept()
    {
        _namespaces.Put(new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = "shop",
                ["labels"] = new JsonObject { ["team"] = "x" },
                ["annotations"] = new JsonObject { ["instrumentation.opentelemetry.io/inject-java"] = "true", ["kubectl.kubernetes.io/last-applied-configuration"] = "{}" },
            },
            ["spec"] = new JsonObject { ["finalizers"] = new JsonArray("kubernetes") },
        });
        await LoadAsync();
        Assert.Contains(_server.Requests, r => r.IsList && r.Header("Accept") == "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json");
        var kept = Assert.Single(_source.Namespaces).Metadata;
        Assert.Equal("x", kept.Labels["team"]);
        Assert.Equal(["instrumentation.opentelemetry.io/inject-java"], kept.Annotations.Keys);
    }

    [Fact]
    public async Task While_the_API_server_is_gone_the_last_objects_serve_and_the_log_says_so_once_and_once_when_it_is_back()
    {
        Put(_instrumentations, "a", "spec", new JsonObject());
        await LoadAsync();
        await Eventually.IsTrueAsync(() => _source.Statuses.All(s => s.Phase == ReflectorPhase.Watching && s.Watches == 1));
        Assert.Equal(TimeSpan.Zero, _source.Stale);
        var served = _cache.Current;
        await _server.DownAsync();
        await Eventually.IsTrueAsync(() => _source.Stale > TimeSpan.FromMinutes(5));
        for (var i = 0; i < 5; i++) _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Same(served, _cache.Current);
        Assert.True(_cache.IsLoaded);
        Assert.Equal(1, Said(" s ago, since the API server cannot be watched"));
        await _server.UpAsync();
        await Eventually.IsTrueAsync(() => _source.Stale == TimeSpan.Zero && _source.Statuses.All(s => s.Problem is null));
        for (var i = 0; i < 5; i++) _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1, Said("watched again"));
    }

    [Fact]
    public async Task What_is_forbidden_is_a_warning_that_names_the_right()
    {
        _server.Fault = request => request.Path.Contains("tracingpolicies", StringComparison.Ordinal) ? FakeFault.Answer(403, "Forbidden") : null;
        await _source.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.IsTrueAsync(() => _source.Statuses[2].Failures > 3);
        var line = Assert.Single(_log.All, l => l.Message.Contains("Cannot watch tracingpolicies", StringComparison.Ordinal));
        Assert.Equal(LogLevel.Warning, line.Level);
        Assert.Contains("403 Forbidden", line.Message, StringComparison.Ordinal);
    }

    private static void Put(FakeResource resource, string name, string field, JsonObject value) =>
        resource.Put(new JsonObject { ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "shop" }, [field] = value });

    private async Task LoadAsync()
    {
        await _source.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.IsTrueAsync(() => _cache.IsLoaded);
    }

    private int Said(string text) => _log.All.Count(line => line.Message.Contains(text, StringComparison.Ordinal));
}
