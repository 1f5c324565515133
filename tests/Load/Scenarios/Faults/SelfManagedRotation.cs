using Spanhook.Load.Balancing;
using Spanhook.Load.Generating;
using Spanhook.Load.Pods;
using Spanhook.Load.Serving;

namespace Spanhook.Load.Scenarios.Faults;

/// <summary>Two replicas with certificates of their own making, renewed over and over, while the API server trusts only what caBundle says.</summary>
internal sealed class SelfManagedRotation : IScenario
{
    private static readonly string[] Lifetimes = ["--ca-lifetime", "90s", "--leaf-lifetime", "6s", "--ca-publish-delay", "5s", "--ca-retire-delay", "20s"];
    private const int LeavesPerAuthority = 40;
    private static readonly TimeSpan BundleDelay = TimeSpan.FromSeconds(2);

    public string Name => "F8";

    public string Title => "self-managed certificates: 5 authorities and 200 leaves of 2 replicas under 500 req/s";

    public IReadOnlyList<string> Needs => ["--api-server", "--kubeconfig", "--ca-lifetime", "--leaf-lifetime", "--ca-publish-delay", "--ca-retire-delay"];

    public async Task<ScenarioResult> RunAsync(ScenarioContext context, CancellationToken cancellation)
    {
        await using var cluster = await FakeCluster.StartAsync(context.Folder);
        using var balancer = new Balancer();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var bundle = new CaBundleFile(cluster, Path.Combine(context.Folder, "ca-bundle.crt"), BundleDelay);
        var following = bundle.FollowAsync(over.Token);
        var replicas = new[] { await StartAsync(context, cluster, bundle, "a", balancer, cancellation), await StartAsync(context, cluster, bundle, "b", balancer, cancellation) };
        await using var load = BackgroundLoad.Start(cancellation, Plan(replicas[0], balancer, LoadReviews.Mix(), 450), Plan(replicas[0], balancer, LoadReviews.Mix(keepAlive: false), 50));
        var (leaves, rotations) = (new HashSet<string>(StringComparer.Ordinal), context.Times(5));
        var (authorities, wanted) = (rotations + 1, rotations * LeavesPerAuthority);
        var start = TimeProvider.System.GetTimestamp();
        while ((bundle.Seen.Count < authorities || leaves.Count < wanted) && TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(120 * authorities))
        {
            foreach (var replica in replicas) leaves.Add(await CertificateProbe.SerialAsync(replica, cancellation));
            await Task.Delay(500, cancellation);
        }

        var all = await load.StopAsync();
        await over.CancelAsync();
        await following;
        return new ScenarioResult()
            .AtLeast("authorities in caBundle, one after the other", bundle.Seen.Count, "", authorities)
            .AtLeast("leaves that clients have seen", leaves.Count, "", wanted)
            .AllAnswered(all).Latencies(all)
            .Info("connections", all.ConnectionsOpened, "")
            .Exactly("processes that ended", replicas.Count(r => r.Process.HasEnded), "", 0)
            .Note($"{string.Join(' ', Lifetimes)}; the client takes a new caBundle {BundleDelay.TotalSeconds:0} s after it was written.");
    }

    private static LoadPlan Plan(Webhook any, Balancer balancer, ReviewMix mix, double rate) => any.Plan(mix, rate, TimeSpan.FromSeconds(1)) with { Server = balancer.Address };

    private static async Task<Webhook> StartAsync(ScenarioContext context, FakeCluster cluster, CaBundleFile bundle, string name, Balancer balancer, CancellationToken cancellation)
    {
        var webhook = await context.StartAgainstAsync(cluster, cancellation, [.. Lifetimes, "--identity", name, "--dns-name", "localhost", "--namespace", "spanhook", Webhook.TrustOption, bundle.File]);
        balancer.Add(webhook.Address);
        return webhook;
    }
}
