using Spanhook.Load.Pods;
using Spanhook.Load.Serving;

namespace Spanhook.Load.Scenarios.Load;

/// <summary>Clients that keep no connection: each review pays for a handshake.</summary>
internal sealed class NewConnections : IScenario
{
    public string Name => "L7";

    public string Title => "1,000 new TLS connections per second with one review each, for 60 s";

    public async Task<ScenarioResult> RunAsync(ScenarioContext context, CancellationToken cancellation)
    {
        using var webhook = await context.StartWarmAsync(cancellation);
        var plan = webhook.Plan(LoadReviews.Mix(keepAlive: false), 1000, context.Duration(60));
        var measured = await Measured.RunAsync(webhook, plan, cancellation);
        return new ScenarioResult()
            .AllAnswered(measured.Load)
            .Latencies(measured.Load, p99: 30)
            .Info("connections", measured.Load.ConnectionsOpened, "")
            .Info("server's CPU", measured.Cores, "cores")
            .Generator(measured.Load)
            .Note("The handshakes of the client take as much of the machine as the server's.");
    }
}
