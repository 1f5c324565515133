using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Spanhook.Server.Admission;
using Spanhook.Server.Hosting;
using Spanhook.Server.Telemetry;
using Spanhook.Server.Tests.Support;
using Spanhook.Support.Judges;

namespace Spanhook.Server.Tests.Telemetry;

/// <summary>The second port of the real server.</summary>
public sealed class ManagementServerTests : IAsyncLifetime
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });
    private Webhook _server = null!;
    private Uri _url = null!;
    private string? _notReady;

    public async ValueTask InitializeAsync()
    {
        _server = await Webhook.StartAsync(options: WithManagement, configure: builder => builder.Services.AddSingleton<IReadinessCondition>(new Condition(this)));
        _url = _server.Services.GetRequiredService<ManagementServer>().Url;
    }

    [Fact]
    public async Task The_page_of_a_serving_server_is_read_by_Prometheus()
    {
        Assert.SkipUnless(Promtool.IsPresent, Promtool.Absent);
        await _server.AssertServesAsync();
        (await _server.PostAsync("{}")).AssertRefused(HttpStatusCode.BadRequest);
        using var response = await _client.GetAsync(new Uri(_url, "/metrics"), TestContext.Current.CancellationToken);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());

        // The runtime's own names, dotnet.*.count among them, are not ours to change.
        var findings = Promtool.Findings(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.All(findings, finding => Assert.Matches("^dotnet_[a-z_]+_count non-histogram", finding));
    }

    [Fact]
    public async Task The_page_tells_of_admissions_connections_runtime_and_process()
    {
        await _server.AssertServesAsync();
        GC.Collect();
        var samples = TelemetryRig.Samples(await PageAsync());
        Assert.Equal(1, samples[TelemetryRig.Series("injected", "injected")]);
        Assert.Equal(0, samples[TelemetryRig.Series("error", "internal_error")]);
        Assert.Equal(1, samples["""spanhook_admission_duration_seconds_count{result="injected"}"""]);
        Assert.Equal(1, samples[$$"""spanhook_build_info{version="{{TelemetryServices.Version}}"}"""]);
        Assert.InRange(samples["process_start_time_seconds"], 1e9, 1e11);
        Assert.All((string[])["process_resident_memory_bytes", "process_cpu_seconds_total", "dotnet_gc_pause_time_seconds_total", "dotnet_gc_collections_total", "kestrel_active_connections"], name =>
            Assert.Contains(samples, sample => sample.Key.StartsWith(name, StringComparison.Ordinal) && sample.Value > 0));
    }

    /// <summary>Found by 50 restarts under load: an endpoint that was ready 10 ms too early had its first connection refused.</summary>
    [Fact]
    public async Task Nobody_is_sent_to_a_server_that_does_not_listen_yet()
    {
        var early = new EarlyProbe(_client);
        await using var server = await Webhook.StartAsync(options: WithManagement, configure: builder => builder.Services.AddHostedService(services => early.Of(services)));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "the server does not listen yet\n"), early.Answer);
        using var ready = await _client.GetAsync(new Uri(server.Services.GetRequiredService<ManagementServer>().Url, "/readyz"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
    }

    [Fact]
    public async Task Each_refusal_over_HTTP_moves_exactly_one_series_by_one()
    {
        await AssertMovesAsync("media_type_unsupported", () => _server.PostAsync("{}"u8.ToArray(), contentType: "text/plain"));
        await AssertMovesAsync("media_type_unsupported", () => _server.PostAsync("{}"u8.ToArray(), encoding: "gzip"));
        await AssertMovesAsync("review_invalid", () => _server.PostAsync("no json"));
        await AssertMovesAsync("body_too_large", () => _server.PostAsync(new byte[MutateEndpoint.MaxBody + 1]));
    }

    [Fact]
    public async Task Neither_port_serves_what_is_the_other_s()
    {
        using var review = new StringContent(Reviews.Java().ToJsonString(), Encoding.UTF8, "application/json");
        using var posted = await _client.PostAsync(new Uri(_url, MutateEndpoint.Path), review, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, posted.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _server.SendAsync(HttpMethod.Get, "/metrics")).Status);
    }

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/livez")]
    [InlineData("/readyz")]
    public async Task Only_reading_is_allowed(string path)
    {
        using var posted = await _client.PostAsync(new Uri(_url, path), null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, posted.StatusCode);
        using var head = await _client.SendAsync(new HttpRequestMessage(HttpMethod.Head, new Uri(_url, path)), TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, ""), (head.StatusCode, await head.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task Not_ready_is_503_with_the_reason_and_still_alive()
    {
        _notReady = "the certificate is not published yet";
        using var ready = await _client.GetAsync(new Uri(_url, "/readyz"), TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, _notReady + "\n"), (ready.StatusCode, await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        Assert.Equal("ok\n", await _client.GetStringAsync(new Uri(_url, "/livez"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Scrapes_under_load_lose_nothing_and_each_agrees_with_itself()
    {
        const int reviews = 400;
        var pages = new List<string>();
        var load = Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            for (var i = 0; i < reviews / 8; i++) await _server.AssertServesAsync();
        }));
        while (!load.IsCompleted) pages.AddRange(await Task.WhenAll(PageAsync(), PageAsync(), PageAsync()));
        await load;
        pages.Add(await PageAsync());
        var last = 0.0;
        foreach (var samples in pages.Where((_, i) => i % 3 == 0).Select(TelemetryRig.Samples))
        {
            Assert.InRange(samples[TelemetryRig.Series("injected", "injected")], last, reviews);
            last = samples[TelemetryRig.Series("injected", "injected")];
            if (!samples.TryGetValue("""spanhook_admission_duration_seconds_count{result="injected"}""", out var count)) continue;
            Assert.Equal(count, samples["""spanhook_admission_duration_seconds_bucket{result="injected",le="+Inf"}"""]);
        }

        Assert.Equal(reviews, TelemetryRig.Samples(pages[^1])[TelemetryRig.Series("injected", "injected")]);
    }

    [Fact]
    public async Task An_address_that_cannot_be_had_is_named_with_its_option()
    {
        var taken = new IPEndPoint(IPAddress.Loopback, _url.Port);
        var problem = await Assert.ThrowsAsync<IOException>(() => Webhook.StartAsync(options: options => options with { Telemetry = new() { ManagementListen = taken } }));
        Assert.StartsWith($"--management-listen {taken}: ", problem.Message, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    private sealed class Condition(ManagementServerTests tests) : IReadinessCondition
    {
        public string Name => "test";
        public string? NotReady => tests._notReady;
    }

    private static ServerOptions WithManagement(ServerOptions options) => options with { Telemetry = new() { ManagementListen = new IPEndPoint(IPAddress.Loopback, 0) } };

    private Task<string> PageAsync() => _client.GetStringAsync(new Uri(_url, "/metrics"), TestContext.Current.CancellationToken);

    private async Task AssertMovesAsync(string reason, Func<Task<Reply>> act)
    {
        var before = TelemetryRig.Samples(await PageAsync());
        await act();
        var after = TelemetryRig.Samples(await PageAsync());
        Assert.Equal([new KeyValuePair<string, double>(TelemetryRig.Series("refused", reason), 1)], TelemetryRig.Moved(before, after));
    }

    /// <summary>Asks the probes' port for readiness when that is up, and the port that API servers call is not.</summary>
    private sealed class EarlyProbe(HttpClient client) : IHostedService
    {
        private IServiceProvider? _services;

        public (HttpStatusCode Status, string Text) Answer { get; private set; }

        public EarlyProbe Of(IServiceProvider services)
        {
            _services = services;
            return this;
        }

        public async Task StartAsync(CancellationToken cancellationToken)
        {
            using var response = await client.GetAsync(new Uri(_services!.GetRequiredService<ManagementServer>().Url, "/readyz"), cancellationToken);
            Answer = (response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
