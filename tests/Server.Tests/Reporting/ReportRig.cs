using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Spanhook.Api.Admission;
using Spanhook.Injection;
using Spanhook.Injection.Decision;
using Spanhook.KubeClient;
using Spanhook.Server.Admission;
using Spanhook.Server.Certificates.SelfManaged;
using Spanhook.Server.Cluster;
using Spanhook.Server.Reporting;
using Spanhook.Server.Reporting.Counting;
using Spanhook.Server.Reporting.Publishing;
using Spanhook.Server.Tests.Support;
using Spanhook.Support;

namespace Spanhook.Server.Tests.Reporting;

/// <summary>An API server with what the manifests ship, and replicas that report to it. Rounds are made by the test.</summary>
internal sealed class ReportRig : IAsyncDisposable
{
    public const string Book = "spanhook/spanhook-reports";

    private readonly List<ReportingReplica> _replicas = [];

    private ReportRig(FakeApiServer server)
    {
        Server = server;
        server.Serve("/api/v1/namespaces", "Namespace");
        Instrumentations = server.Serve("/apis/opentelemetry.io/v1alpha1/instrumentations", "Instrumentation");
        Policies = server.Serve("/apis/spanhook.dev/v1alpha1/tracingpolicies", "TracingPolicy");
        ConfigMaps = server.Serve("/api/v1/configmaps", "ConfigMap");
        Leases = server.Serve("/apis/coordination.k8s.io/v1/leases", "Lease");
        Events = server.Serve("/api/v1/events", "Event");
        ShipBook();
        Leases.Put(new JsonObject { ["metadata"] = new JsonObject { ["name"] = "spanhook", ["namespace"] = "spanhook" } });
    }

    /// <summary>Of the tests and of all replicas.</summary>
    public SteppedTime Time { get; } = new() { SkipBelow = TimeSpan.FromSeconds(1) };

    public FakeApiServer Server { get; }
    public FakeResource Instrumentations { get; }
    public FakeResource Policies { get; }
    public FakeResource ConfigMaps { get; }
    public FakeResource Leases { get; }
    public FakeResource Events { get; }

    /// <summary>What is in the ConfigMap.</summary>
    public ReportBook Reports => new(ConfigMaps.Find(Book).Deserialize(ReportJsonContext.Default.ConfigMap)!);

    public static async Task<ReportRig> StartAsync() => new(await FakeApiServer.StartAsync());

    /// <summary>As the manifests have it.</summary>
    public void ShipBook() => ConfigMaps.Put(new JsonObject { ["metadata"] = new JsonObject { ["name"] = "spanhook-reports", ["namespace"] = "spanhook" } });

    public void PutPolicy(string name, JsonObject? spec = null, int generation = 1) =>
        Policies.Put(new JsonObject { ["metadata"] = new JsonObject { ["name"] = name, ["generation"] = generation }, ["spec"] = spec ?? [] });

    public void PutInstrumentation(string ns, string name, JsonObject? spec = null) =>
        Instrumentations.Put(new JsonObject { ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns, ["generation"] = 1 }, ["spec"] = spec ?? [] });

    public JsonNode? StatusOf(string policy) => Policies.Find(policy)?["status"];

    public JsonNode? StatusOf(string ns, string instrumentation) => Instrumentations.Find($"{ns}/{instrumentation}")?["status"];

    /// <summary>Matched, injected, and the skipped reasons of a status.</summary>
    public static string Counted(JsonNode? status) =>
        $"{status?["matchedPods"]} {status?["injectedPods"]} {string.Join(' ', (status?["skippedReasons"]?.AsArray() ?? []).Select(skip => $"{skip!["reason"]}:{skip["count"]}"))}".TrimEnd();

    public static JsonNode Condition(JsonNode? status, string type) => status!["conditions"]!.AsArray().Single(condition => condition!["type"]!.GetValue<string>() == type)!;

    /// <summary>A replica that knows the objects.</summary>
    public async Task<ReportingReplica> AddAsync(string identity)
    {
        // Two starts of one replica are never in the same moment.
        Time.Advance(TimeSpan.FromSeconds(1));
        var replica = new ReportingReplica(this, identity);
        _replicas.Add(replica);
        await replica.Source.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.IsTrueAsync(() => replica.Source.Published is not null);
        return replica;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas) await replica.DisposeAsync();
        await Server.DisposeAsync();
    }
}

/// <summary>One process, as the services put it together.</summary>
internal sealed class ReportingReplica : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public ReportingReplica(ReportRig rig, string identity)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Log));
        services.AddSingleton(new Meter("test " + identity));
        services.AddSingleton<TimeProvider>(rig.Time);
        services.AddSingleton(new SelfManagedOptions { Identity = identity });
        services.AddSingleton(new ApiServerClient(new ApiServerConfig { Server = rig.Server.Url }, rig.Time));
        services.AddSingleton<ClusterCache>();
        services.AddSingleton<ApiServerClusterSource>();
        services.AddSingleton<ICertificateApi, ApiServerCertificateApi>();
        services.AddSingleton(s => new LeaseElection(s.GetRequiredService<ICertificateApi>(), s.GetRequiredService<SelfManagedOptions>(), new ProblemLog(s.GetRequiredService<ILogger<LeaseElection>>(), rig.Time), rig.Time));
        ReportingServices.Add(services);
        _services = services.BuildServiceProvider();
        Keeper = _services.GetServices<IHostedService>().OfType<ReportKeeper>().Single();
    }

    public LogLines Log { get; } = new();
    public ReportKeeper Keeper { get; }
    public ApiServerClusterSource Source => Get<ApiServerClusterSource>();
    public LeaseElection Lease => Get<LeaseElection>();
    public AdmissionTally Tally => Get<AdmissionTally>();
    public string Instance => Get<InstanceReporter>().Instance;

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>A round of a replica that may take the Lease.</summary>
    public async Task RoundAsync()
    {
        await Lease.TryHoldAsync(TestContext.Current.CancellationToken);
        await Keeper.TickAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>A round of a replica that does not try to take the Lease.</summary>
    public Task CountAsync() => Keeper.TickAsync(TestContext.Current.CancellationToken);

    /// <summary>A pod was answered so.</summary>
    public void Answer(InjectionResult result, string ns = "ml", string pod = "llama", bool dryRun = false, JsonNode? of = null)
    {
        var review = Reviews.Create(of ?? new JsonObject { ["metadata"] = new JsonObject { ["name"] = pod }, ["spec"] = new JsonObject() }, ns);
        review["request"]!["dryRun"] = dryRun;
        using var document = JsonDocument.Parse(review.ToJsonString());
        var request = new AdmissionRequest(document.RootElement.GetProperty("request"));
        var wasAsked = result.Decisions.Count > 1 || result.Decisions[0].Reason != Reasons.NotRequested;
        Get<OutcomeReports>().Record(AdmissionOutcome.Answered("uid", result) with { Request = request, Decisions = wasAsked ? "codes" : null });
    }

    public void Injected(string policy, int times = 1)
    {
        for (var i = 0; i < times; i++) Answer(Results.Injected(policies: [policy]));
    }

    public void Skipped(string policy, Reason reason, string pod = "llama") => Answer(new() { Decisions = [new(reason, "vllm")], Policies = [policy] }, pod: pod);

    public async ValueTask DisposeAsync()
    {
        await Source.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
    }
}

/// <summary>Decisions as the engine makes them.</summary>
internal static class Results
{
    public static InjectionResult Injected(string injector = "java", string source = "Instrumentation ml/default", params string[] policies) =>
        new() { Decisions = [new(Reasons.Injected, injector, "app", source)], Operations = 3, Policies = policies };
}
