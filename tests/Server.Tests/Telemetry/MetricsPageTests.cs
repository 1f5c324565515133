using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Spanhook.Injection.Decision;
using Spanhook.Server.Admission;
using Spanhook.Server.Cluster;
using Spanhook.Server.Hosting;
using Spanhook.Server.Telemetry.Prometheus;
using Spanhook.Server.Tests.Support;
using Spanhook.Support;

namespace Spanhook.Server.Tests.Telemetry;

/// <summary>The metrics of a server as it runs in a cluster: fed by an API server, with its own certificates, and writing statuses.</summary>
public sealed class MetricsPageTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private FakeApiServer _api = null!;
    private WebApplication _server = null!;

    private MetricCollector Metrics => _server.Services.GetRequiredService<MetricCollector>();

    public async ValueTask InitializeAsync()
    {
        _api = await FakeApiServer.StartAsync();
        Ship();
        var kubeconfig = _folder.Write("kubeconfig", $$"""
            apiVersion: v1
            kind: Config
            current-context: test
            contexts: [{name: test, context: {cluster: test, user: test} }]
            clusters: [{name: test, cluster: {server: "{{_api.Url}}"} }]
            users: [{name: test, user: {} }]
            """);
        var options = new ServerOptions
        {
            Cluster = new() { Kubeconfig = kubeconfig },
            Serving = new() { Listen = new IPEndPoint(IPAddress.Loopback, 0) },
            Telemetry = new() { ManagementListen = new IPEndPoint(IPAddress.Loopback, 0) },
        };
        _server = WebhookServer.Build(options, TimeProvider.System, builder => builder.Logging.ClearProviders());
        await _server.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.IsTrueAsync(() => _server.Services.GetRequiredService<ClusterCache>().IsLoaded);
        await Eventually.IsTrueAsync(() => Page().Contains("\nspanhook_ca_bundle_match 1", StringComparison.Ordinal));
    }

    /// <summary>docs/metrics.md is what a server tells of itself; UPDATE_GOLDEN=1 writes it.</summary>
    [Fact]
    public void The_table_of_metrics_is_golden()
    {
        using var answer = new PooledBufferWriter(8192);
        Assert.Null(_server.Services.GetRequiredService<AdmissionHandler>().Handle(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(Reviews.Java().ToJsonString())), answer));
        Golden.AssertMatches(RepositoryRoot.PathOf("docs", "metrics.md"), MetricsPage.Write(Metrics, [.. Reasons.All, .. Refusals.All]));
    }

    [Fact]
    public void What_alerts_compare_stands_from_the_start()
    {
        var samples = TelemetryRig.Samples(Page());
        Assert.All((string[])["""spanhook_events_total{result="failed"}""", """spanhook_events_total{result="dropped"}""", """spanhook_reports_writes_total{result="failed"}""", """spanhook_status_writes_total{kind="TracingPolicy",result="refused"}"""], series =>
            Assert.Equal(0, samples[series]));
        Assert.Equal(1, samples["spanhook_writer"]);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _api.DisposeAsync();
        _folder.Dispose();
    }

    private void Ship()
    {
        _api.Serve("/api/v1/namespaces", "Namespace").Put(Object("shop"));
        _api.Serve("/apis/spanhook.dev/v1alpha1/tracingpolicies", "TracingPolicy");
        var instrumentation = Object("default", "shop");
        instrumentation["spec"] = new JsonObject { ["exporter"] = new JsonObject { ["endpoint"] = "http://collector:4318" } };
        _api.Serve("/apis/opentelemetry.io/v1alpha1/instrumentations", "Instrumentation").Put(instrumentation);
        _api.Serve("/api/v1/configmaps", "ConfigMap").Put(Object("spanhook-reports", "spanhook"));
        _api.Serve("/api/v1/secrets", "Secret").Put(Object("spanhook-ca", "spanhook"));
        _api.Serve("/apis/coordination.k8s.io/v1/leases", "Lease").Put(Object("spanhook", "spanhook"));
        _api.Serve("/api/v1/events", "Event");
        var configuration = Object("spanhook");
        var service = new JsonObject { ["name"] = "spanhook", ["namespace"] = "spanhook" };
        configuration["webhooks"] = new JsonArray(new JsonObject { ["name"] = "pods.spanhook.dev", ["clientConfig"] = new JsonObject { ["service"] = service } });
        _api.Serve("/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations", "MutatingWebhookConfiguration").Put(configuration);
    }

    private static JsonObject Object(string name, string? ns = null) => new() { ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns } };

    private string Page()
    {
        using var page = new PooledBufferWriter(4096);
        Metrics.Read(family => PrometheusText.Write(page, family));
        return Encoding.UTF8.GetString(page.WrittenSpan);
    }
}
