using System.Collections.Concurrent;
using Spanhook.Load.Serving;

namespace Spanhook.Load.Scenarios.Faults;

/// <summary>A certificate is renewed, as cert-manager does it, while connections are kept and made.</summary>
internal sealed class LeafRotation : IScenario
{
    public string Name => "F7";

    public string Title => "leaf rotation ×200 in a mounted folder under 500 req/s, on kept and on new connections";

    public async Task<ScenarioResult> RunAsync(ScenarioContext context, CancellationToken cancellation)
    {
        using var replicas = await Replicas.StartAsync(context, 1, cancellation);
        await using var load = BackgroundLoad.Start(cancellation, replicas.Plans(500));
        var (times, seen, slowest) = (context.Times(200), new ConcurrentDictionary<string, byte>(StringComparer.Ordinal), 0.0);
        seen[await CertificateProbe.SerialAsync(replicas[0], cancellation)] = 0;
        for (var i = 0; i < times; i++)
        {
            replicas.Certificates.Rotate();
            var start = TimeProvider.System.GetTimestamp();
            while (!seen.TryAdd(await CertificateProbe.SerialAsync(replicas[0], cancellation), 0))
            {
                if (TimeProvider.System.GetElapsedTime(start) > TimeSpan.FromSeconds(30)) throw new InvalidOperationException("a new certificate was not served within 30 s");
                await Task.Delay(100, cancellation);
            }

            slowest = Math.Max(slowest, TimeProvider.System.GetElapsedTime(start).TotalSeconds);
        }

        var all = await load.StopAsync();
        return new ScenarioResult()
            .Exactly("certificates that clients have seen", seen.Count, "", times + 1)
            .AllAnswered(all).Latencies(all)
            .Info("connections", all.ConnectionsOpened, "")
            .AtMost("from the folder to a handshake, slowest", slowest, "s", 15);
    }
}
