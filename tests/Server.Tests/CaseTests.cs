using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Spanhook.Injection;
using Spanhook.Injection.Decision;
using Spanhook.Injection.Patching;
using Spanhook.Server.Admission;
using Spanhook.Server.Cluster;
using Spanhook.Server.Hosting;
using Spanhook.Support;
using Xunit;

namespace Spanhook.Server.Tests;

/// <summary>Every case of <c>tests/Fixtures</c> over HTTPS: the same patch as through the class, and nothing of the pod in the log.</summary>
public sealed class CaseTests(CaseTests.RunningServer server) : IClassFixture<CaseTests.RunningServer>
{
    public static TheoryData<string> All => [.. Case.All];

    [Theory, MemberData(nameof(All))]
    public async Task A_case_gives_its_golden_patch_and_pod(string name)
    {
        var which = Case.Named(name);
        var answer = await server.PostAsync(which, which.Pod());
        CaseAssert.Patch(which, answer.Patch);
        CaseAssert.Pod(which, JsonPatchApplier.Apply(which.Pod(), answer.Patch));
        AssertWarnings([.. which.Inject().Result.Warnings], answer.Warnings);
    }

    [Theory, MemberData(nameof(All))]
    public async Task A_second_pass_gets_no_patch_with_and_without_our_mark(string name)
    {
        var which = Case.Named(name);
        var pod = which.Inject().Pod;
        Assert.Empty((await server.PostAsync(which, pod)).Patch);
        Assert.Empty((await server.PostAsync(which, InjectionMark.Stripped(pod))).Patch);
    }

    [Theory, MemberData(nameof(All))]
    public async Task No_log_line_holds_a_value_of_the_pod(string name)
    {
        var which = Case.Named(name);
        var before = server.Lines.Count;
        var pod = SecretMarker.In(which.Pod());
        var answer = await server.PostAsync(which, pod);
        Assert.Equal(which.Inject(pod).Patch, answer.Patch);
        Assert.True(server.Lines.Count > before, "the outcome is logged");
        SecretMarker.AssertAbsent(server.Lines);
        SecretMarker.AssertAbsent([.. answer.Warnings, .. answer.Audit]);
    }

    [Fact]
    public async Task A_failure_inside_allows_the_pod_and_logs_nothing_of_it()
    {
        await using var failing = new RunningServer((in InjectionRequest request, Injection.Cluster.ClusterSnapshot _, System.Buffers.IBufferWriter<byte> _) =>
            throw new InvalidOperationException($"what a careless message would hold: {request.Pod.Json.GetRawText()}"));
        await failing.InitializeAsync();
        var which = Case.Named("java/defaults");
        var answer = await failing.PostAsync(which, SecretMarker.In(which.Pod()));
        Assert.Empty(answer.Patch);
        Assert.Contains(AdmissionReviews.Uid, Assert.Single(answer.Warnings), StringComparison.Ordinal);
        Assert.Contains(answer.Audit, entry => entry.Contains(Reasons.InternalError.Code, StringComparison.Ordinal));
        Assert.NotEmpty(failing.Lines);
        SecretMarker.AssertAbsent([.. failing.Lines, .. answer.Warnings, .. answer.Audit]);
    }

    /// <summary>The API server cuts warnings, so the webhook does before.</summary>
    private static void AssertWarnings(IReadOnlyList<string> expected, IReadOnlyList<string> shown)
    {
        Assert.Equal(expected.Count, shown.Count);
        Assert.All(expected.Zip(shown), pair => Assert.StartsWith(pair.Second.TrimEnd('…'), $"spanhook: {pair.First}", StringComparison.Ordinal));
    }

    /// <summary>The webhook on a free port, with a certificate of its own, and every line that it logs, down to the most talkative level.</summary>
    public sealed class RunningServer : IAsyncLifetime
    {
        private readonly Inject? _inject;
        private readonly ConcurrentQueue<string> _lines = new();
        private WebApplication? _app;
        private HttpClient? _client;

        public RunningServer()
        {
        }

        internal RunningServer(Inject inject) => _inject = inject;

        public IReadOnlyCollection<string> Lines => _lines;

        public async ValueTask InitializeAsync()
        {
            var options = new ServerOptions { Cluster = Case.Named("java/defaults").ClusterFile, Listen = new IPEndPoint(IPAddress.Loopback, 0), LogLevel = LogLevel.Trace };
            _app = WebhookServer.Build(options, TimeProvider.System, builder =>
            {
                builder.Logging.ClearProviders().AddProvider(new Lister(_lines));
                if (_inject is not null) builder.Services.AddSingleton(_inject);
            });
            await _app.StartAsync();
            _client = new HttpClient(new SocketsHttpHandler
            {
                SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Subject == "CN=spanhook" },
            })
            {
                BaseAddress = new Uri(_app.Urls.Single()),
            };
        }

        /// <summary>Posts the creation of a pod in a case's cluster.</summary>
        public async Task<Answer> PostAsync(Case which, JsonNode pod)
        {
            _app!.Services.GetRequiredService<ClusterCache>().Replace(which.Snapshot);
            using var body = new StringContent(AdmissionReviews.Creation(pod, which.Namespace), Encoding.UTF8, "application/json");
            using var response = await _client!.PostAsync(new Uri(MutateEndpoint.Path, UriKind.Relative), body);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return AdmissionReviews.Read(await response.Content.ReadAsStringAsync());
        }

        public async ValueTask DisposeAsync()
        {
            _client?.Dispose();
            if (_app is not null) await _app.DisposeAsync();
        }
    }

    private sealed class Lister(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{formatter(state, exception)} {exception} {string.Join(' ', (state as IEnumerable<KeyValuePair<string, object?>> ?? []).Select(pair => pair.Value))}");

        public void Dispose()
        {
        }
    }
}
