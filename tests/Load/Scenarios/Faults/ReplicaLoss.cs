using System.Globalization;
using Spanhook.Load.Generating;
using Spanhook.Load.Pods;
using Spanhook.Load.Serving;

namespace Spanhook.Load.Scenarios.Faults;

/// <summary>A Deployment is rolled, a node is drained: every replica goes, and no admission with it.</summary>
internal sealed class Termination : IScenario
{
    private const double SlowestRemoval = 5;

    public string Name => "F10";

    public string Title => "SIGTERM of 1 of 2 replicas ×50 under 500 req/s; the Service lets go of it 0-5 s later";

    public IReadOnlyList<string> Needs => ["--shutdown-delay", "--drain-timeout"];

    public async Task<ScenarioResult> RunAsync(ScenarioContext context, CancellationToken cancellation)
    {
        using var replicas = await Replicas.StartAsync(context, 2, cancellation, "--shutdown-delay", "6s", "--drain-timeout", "10s");
        await using var load = BackgroundLoad.Start(cancellation, replicas.Plans(500));
        var (drains, unready, codes, delays) = (new Histogram(), new Histogram(), 0, new Random(1));
        var times = context.Times(50);
        for (var i = 0; i < times; i++)
        {
            var webhook = replicas[i % 2];
            var start = TimeProvider.System.GetTimestamp();
            Signals.Terminate(webhook.Process);
#pragma warning disable CA5394 // delays to be repeated, not secrets
            var removal = RemoveAsync(replicas, webhook, TimeSpan.FromSeconds(delays.NextDouble() * SlowestRemoval), cancellation);
#pragma warning restore CA5394
            if (await webhook.UntilNotReadyAsync(TimeSpan.FromSeconds(5), cancellation)) unready.Add(TimeProvider.System.GetElapsedTime(start));
            await webhook.Process.WaitForExitAsync(cancellation).WaitAsync(TimeSpan.FromSeconds(60), cancellation);
            drains.Add(TimeProvider.System.GetElapsedTime(start));
            if (webhook.Process.ExitCode != 0) codes++;
            await removal;
            await replicas.StartAsync(i % 2, cancellation);
            context.Say(string.Create(CultureInfo.InvariantCulture, $"{i + 1} of {times}"));
        }

        var all = await load.StopAsync();
        return new ScenarioResult()
            .Info("SIGTERMs", times, "")
            .AllAnswered(all).Latencies(all)
            .AtMost("SIGTERM to the end of the process, slowest", drains.Max / 1e6, "s", 30)
            .Exactly("SIGTERMs after which readiness said no", unready.Count, "", times)
            .AtMost("SIGTERM to readiness saying no, slowest", unready.Max / 1e6, "s", 1)
            .Exactly("processes that ended with another code than 0", codes, "", 0)
            .Info("connections that the servers asked to close", all.ConnectionsClosedPolitely, "")
            .Note("--shutdown-delay is 6 s here instead of 15 s, to shorten the test; it is still longer than the Service takes.");
    }

    private static async Task RemoveAsync(Replicas replicas, Webhook webhook, TimeSpan delay, CancellationToken cancellation)
    {
        await Task.Delay(delay, cancellation);
        replicas.Balancer.Remove(webhook.Address);
    }
}

/// <summary>A replica is gone from one moment to the next.</summary>
internal sealed class Kill : IScenario
{
    public string Name => "F11";

    public string Title => "SIGKILL of 1 of 2 replicas ×50 under 500 req/s; the Service lets go of it a second later";

    public async Task<ScenarioResult> RunAsync(ScenarioContext context, CancellationToken cancellation)
    {
        var times = context.Times(50);
        var without = await KillAsync(context, times, TimeSpan.Zero, cancellation);
        var with = await KillAsync(context, times, TimeSpan.FromSeconds(2), cancellation);
        var cut = without.Load.Errors.Where(e => !e.Key.StartsWith("connecting", StringComparison.Ordinal)).Sum(e => e.Value);
        return new ScenarioResult()
            .Info("SIGKILLs", times, "")
            .Info("answered", without.Load.Answered, "")
            .AtMost("lost within a connection, without retry", cut, "", without.InFlight)
            .Info("refused while the Service still had the endpoint, without retry", without.Load.Failed - cut, "")
            .AtMost("failures after the Service let go of the endpoint, slowest", without.LastFailure, "s", 2)
            .Exactly("lost, tried again within 2 s", with.Load.Failed, "", 0)
            .Info("tried again", with.Load.Retried, "")
            .Latencies(with.Load)
            .Note($"Without retry: {without.Load.ErrorText}. At most as many may be lost within a connection as connections to the replica were open when it was killed, one request each: {without.InFlight} in all.");
    }

    private static async Task<(LoadResult Load, long InFlight, double LastFailure)> KillAsync(ScenarioContext context, int times, TimeSpan retry, CancellationToken cancellation)
    {
        using var replicas = await Replicas.StartAsync(context, 2, cancellation);
        var all = new LoadResult();
        var (inFlight, last) = (0L, 0.0);
        for (var i = 0; i < times; i++)
        {
            var load = BackgroundLoad.Start(cancellation, [.. replicas.Plans(500).Select(plan => plan with { RetryWithin = retry })]);
            await Task.Delay(500, cancellation);
            var webhook = replicas[i % 2];
            inFlight += replicas.Balancer.Flows(webhook.Address);
            Signals.Kill(webhook.Process);
            await Task.Delay(1000, cancellation);
            replicas.Balancer.Remove(webhook.Address);
            await Task.Delay(100, cancellation);
            all.Add(await load.StopAsync());
            await load.DisposeAsync();
            last = Math.Max(last, await LastFailureAsync(replicas, cancellation));
            await replicas.StartAsync(i % 2, cancellation);
        }

        return (all, inFlight, last);
    }

    // New load in pieces: how long until one is without a failure.
    private static async Task<double> LastFailureAsync(Replicas replicas, CancellationToken cancellation)
    {
        for (var pieces = 0; ; pieces++)
        {
            var piece = await LoadGenerator.RunAsync(replicas.Plan(LoadReviews.Mix(), 500) with { Duration = TimeSpan.FromSeconds(0.25) }, cancellation);
            if (piece.Failed == 0 || pieces == 20) return pieces * 0.25;
        }
    }
}

/// <summary>Nobody is there: failurePolicy Ignore creates the pod all the same, when the API server has given up.</summary>
internal sealed class BothDown : IScenario
{
    private static readonly TimeSpan WebhookTimeout = TimeSpan.FromSeconds(2); // timeoutSeconds of the webhook configuration

    public string Name => "F13";

    public string Title => "both replicas down: killed, and silent; how long an API server waits; then they are back";

    public async Task<ScenarioResult> RunAsync(ScenarioContext context, CancellationToken cancellation)
    {
        using var replicas = await Replicas.StartAsync(context, 2, cancellation);
        var plan = replicas.Plan(LoadReviews.Mix(), 20) with { Timeout = WebhookTimeout, Duration = context.Duration(10) };
        var before = await LoadGenerator.RunAsync(plan, cancellation);
        replicas.Balancer.IsSilent = true;
        var silent = await SlowestAsync(plan, cancellation);
        replicas.Balancer.IsSilent = false;
        for (var i = 0; i < replicas.Count; i++) Signals.Kill(replicas[i].Process);
        var refused = await SlowestAsync(plan, cancellation);
        var start = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < replicas.Count; i++)
        {
            var old = replicas[i].Address;
            await replicas.StartAsync(i, cancellation);
            replicas.Balancer.Remove(old);
        }

        var back = TimeProvider.System.GetElapsedTime(start);
        var after = await LoadGenerator.RunAsync(plan, cancellation);
        return new ScenarioResult()
            .AllAnswered(before, "before: ")
            .AtMost("killed: a failed call is known after, slowest", refused, "ms", 2200)
            .AtMost("silent: a failed call is known after, slowest", silent, "ms", 2200)
            .AtMost("two processes started again, ready", back.TotalSeconds, "s", 5)
            .AllAnswered(after, "after: ")
            .Note("The pod itself is created by the API server, which `make e2e` shows; here is what it waits for.");
    }

    // Every attempt on its own connection: nothing of the one before helps.
    private static async Task<double> SlowestAsync(LoadPlan plan, CancellationToken cancellation)
    {
        var slowest = 0.0;
        for (var i = 0; i < 5; i++)
        {
            var start = TimeProvider.System.GetTimestamp();
            var result = await LoadGenerator.RunAsync(plan with { Connections = 1, MaxConnections = 1, Rate = 1000, Duration = TimeSpan.FromMilliseconds(1) }, cancellation);
            if (result.Answered > 0) throw new InvalidOperationException("a call was answered though nobody is there");
            slowest = Math.Max(slowest, TimeProvider.System.GetElapsedTime(start).TotalMilliseconds);
        }

        return slowest;
    }
}
