using System.Net;
using System.Security.Authentication;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Spanhook.Server.Hosting;
using Spanhook.Server.Tests.Support;

namespace Spanhook.Server.Tests.Hosting;

/// <summary>A server that was told to end: not ready at once, and serving until nobody sends any more.</summary>
public sealed class DrainTests
{
    private static readonly TimeSpan Delay = new ServingOptions().ShutdownDelay;

    [Fact]
    public async Task A_draining_server_is_not_ready_but_alive_and_injects_and_closes_each_connection()
    {
        var time = new FiringTime();
        await using var server = await Webhook.StartAsync(configure: builder => builder.Services.AddSingleton<TimeProvider>(time));
        await using var before = await server.ConnectAsync(SslProtocols.None);
        Assert.False(await ConnectionTests.ClosesAsync(before));
        server.Services.GetRequiredService<Drain>().Begin("SIGTERM", isPatient: true);

        var reply = await server.SendAsync(HttpMethod.Get, "/readyz");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "the server is shutting down\n"), (reply.Status, reply.Text));
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync(HttpMethod.Get, "/livez")).Status);
        (await server.PostAsync(Reviews.Java(), HttpVersion.Version11)).AssertInjected();
        (await server.PostAsync(Reviews.Java(), HttpVersion.Version20)).AssertInjected();
        Assert.True(await ConnectionTests.ClosesAsync(before));
        await using var after = await server.ConnectAsync(SslProtocols.None);
        Assert.True(await ConnectionTests.ClosesAsync(after));

        var lifetime = server.Services.GetRequiredService<Microsoft.Extensions.Hosting.IHostApplicationLifetime>();
        Assert.False(lifetime.ApplicationStopping.IsCancellationRequested);
        await time.FireAsync(Delay);
        Assert.True(lifetime.ApplicationStopping.IsCancellationRequested);
    }

    [Fact]
    public async Task Readiness_lists_what_is_missing_and_verbosely_what_is_not()
    {
        await using var server = await Webhook.StartAsync(configure: builder => builder.Services.AddSingleton<IReadinessCondition>(new NoCertificate()));
        var reply = await server.SendAsync(HttpMethod.Get, "/readyz");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "no certificate yet\n"), (reply.Status, reply.Text));
        var verbose = (await server.SendAsync(HttpMethod.Get, "/readyz?verbose")).Text.Split('\n');
        Assert.Superset(new HashSet<string>(["[+]cluster ok", "[+]draining ok", "[-]certificate failed: no certificate yet", "readyz check failed"], StringComparer.Ordinal), verbose.ToHashSet(StringComparer.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync(HttpMethod.Get, "/livez")).Status);
    }

    [Fact]
    public async Task SIGTERM_serves_on_finishes_what_is_in_flight_and_exits_with_0()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("signals are those of Unix");
        await using var server = await ServerProcess.StartAsync("--shutdown-delay", "3s", "--drain-timeout", "30s");
        using var client = server.Client();
        var body = Encoding.UTF8.GetBytes(Reviews.Java().ToJsonString());
        using var pipe = new HalfSent(body);
        var inFlight = client.PostAsync(server.Url, pipe, TestContext.Current.CancellationToken);
        await pipe.Half;
        server.Signal("TERM");
        await server.Draining;
        using var readiness = await client.GetAsync(new Uri("/readyz", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (readiness.StatusCode, readiness.Headers.ConnectionClose));
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/json");
        using var answer = await client.PostAsync(server.Url, content, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, true), (answer.StatusCode, answer.Headers.ConnectionClose));
        pipe.Finish();
        using var last = await inFlight;
        Assert.Equal(HttpStatusCode.OK, last.StatusCode);
        Assert.Contains("\"patch\"", await last.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(0, await server.ExitAsync());
        Assert.Contains("Stopped", server.Lines, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TERM", "TERM", 143)]
    [InlineData("TERM", "INT", 130)]
    public async Task A_second_signal_ends_at_once(string first, string second, int code)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("signals are those of Unix");
        await using var server = await ServerProcess.StartAsync("--shutdown-delay", "1h");
        server.Signal(first);
        await server.Draining;
        server.Signal(second);
        Assert.Equal(code, await server.ExitAsync());
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("QUIT")]
    public async Task A_signal_of_a_terminal_does_not_wait_for_balancers(string signal)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("signals are those of Unix");
        await using var server = await ServerProcess.StartAsync("--shutdown-delay", "1h");
        server.Signal(signal);
        Assert.Equal(0, await server.ExitAsync());
    }

    private sealed class NoCertificate : IReadinessCondition
    {
        public string Name => "certificate";
        public string? NotReady => "no certificate yet";
    }

    /// <summary>A body of which the second half is sent when a test says so.</summary>
    private sealed class HalfSent : HttpContent
    {
        private readonly byte[] _body;
        private readonly TaskCompletionSource _half = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _finish = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public HalfSent(byte[] body)
        {
            _body = body;
            Headers.ContentType = new("application/json");
        }

        public Task Half => _half.Task;

        public void Finish() => _finish.TrySetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(_body.AsMemory(0, _body.Length / 2));
            await stream.FlushAsync();
            _half.TrySetResult();
            await _finish.Task;
            await stream.WriteAsync(_body.AsMemory(_body.Length / 2));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _body.Length;
            return true;
        }
    }
}
