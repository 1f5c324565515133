using System.Buffers;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Spanhook.Injection;
using Spanhook.Server.Admission;
using Spanhook.Server.Cluster;
using Spanhook.Server.Hosting;
using Spanhook.Server.Telemetry;
using Spanhook.Server.Telemetry.Prometheus;
using Spanhook.Server.Tests.Support;

namespace Spanhook.Server.Tests.Telemetry;

/// <summary>The handler and its telemetry without HTTP. What is decided is the test's.</summary>
internal sealed class TelemetryRig : IDisposable
{
    public const string Requests = "spanhook_admission_requests_total";

    private readonly ServiceProvider _services;

    public TelemetryRig()
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Log));
        services.AddMetrics();
        services.AddSingleton(TimeProvider.System);
        TelemetryServices.Add(services, new() { ManagementListen = new IPEndPoint(IPAddress.Loopback, 0) });
        _services = services.BuildServiceProvider();
        Collector.Start();
        var cache = new ClusterCache();
        Handler = new AdmissionHandler((in InjectionRequest _, Injection.Cluster.ClusterSnapshot _, IBufferWriter<byte> patch) => Decide(patch), cache, Telemetry, TimeProvider.System);
    }

    public LogLines Log { get; } = new();

    /// <summary>In the place of the injector; may write a patch.</summary>
    public Func<IBufferWriter<byte>, InjectionResult> Decide { get; set; } = _ => throw new InvalidOperationException("the test decides nothing");

    public AdmissionHandler Handler { get; }
    public AdmissionTelemetry Telemetry => _services.GetRequiredService<AdmissionTelemetry>();
    public AdmissionMetrics Metrics => _services.GetRequiredService<AdmissionMetrics>();
    public MetricCollector Collector => _services.GetRequiredService<MetricCollector>();
    public Meter Meter => _services.GetRequiredService<Meter>();

    public string? Handle(JsonNode review)
    {
        using var answer = new PooledBufferWriter(8192);
        return Handler.Handle(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(review.ToJsonString())), answer);
    }

    public string? HandleOverloaded(JsonNode review)
    {
        using var answer = new PooledBufferWriter(8192);
        return Handler.HandleOverloaded(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(review.ToJsonString())), answer, TimeProvider.System.GetTimestamp());
    }

    /// <summary>As /metrics has it.</summary>
    public string Page()
    {
        using var page = new PooledBufferWriter(4096);
        Collector.Read(family => PrometheusText.Write(page, family));
        return Encoding.UTF8.GetString(page.WrittenSpan);
    }

    public Dictionary<string, double> Samples() => Samples(Page());

    /// <summary>Name with labels, and value, of each line that is no comment.</summary>
    public static Dictionary<string, double> Samples(string page) => page.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Where(line => line[0] != '#')
        .ToDictionary(line => line[..line.LastIndexOf(' ')], line => Value(line[(line.LastIndexOf(' ') + 1)..]), StringComparer.Ordinal);

    /// <summary>What changed of the counter of requests between two pages.</summary>
    public static Dictionary<string, double> Moved(Dictionary<string, double> before, Dictionary<string, double> after) => after
        .Where(sample => sample.Key.StartsWith(Requests + "{", StringComparison.Ordinal) && sample.Value != before.GetValueOrDefault(sample.Key))
        .ToDictionary(sample => sample.Key, sample => sample.Value - before.GetValueOrDefault(sample.Key), StringComparer.Ordinal);

    public static string Series(string result, string reason) => $$"""{{Requests}}{reason="{{reason}}",result="{{result}}"}""";

    public void Dispose()
    {
        _services.Dispose();
        Log.Dispose();
    }

    private static double Value(string text) => text == "+Inf" ? double.PositiveInfinity : double.Parse(text, CultureInfo.InvariantCulture);
}
