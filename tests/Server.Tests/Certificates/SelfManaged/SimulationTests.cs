using Spanhook.KubeClient;
using Spanhook.Server.Certificates.SelfManaged;

namespace Spanhook.Server.Tests.Certificates.SelfManaged;

/// <summary>
/// Rotations of the authority while everything goes wrong that can: the process is killed between any two calls, others act between them,
/// answers are lost, errors and slow servers, reads that are 90 s late, clocks that jump. After every single call, what each replica serves
/// verifies against every caBundle that some API server may still have.
/// </summary>
public sealed class SimulationTests
{
    private const int Rotations = 20;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 4)];

    [Theory, MemberData(nameof(Seeds))]
    public async Task No_API_server_ever_meets_a_chain_that_its_caBundle_does_not_vouch_for(int seed)
    {
        using var run = new SimulationRun(seed, replicas: 2 + (seed % 2));
        await run.UntilAsync(() => run.World.State.Phase == CaPhase.Steady && run.World.Replicas.TrueForAll(replica => replica.IsReady), "the first start");
        run.Watch = true;
        for (var rotation = 1; rotation <= Rotations; rotation++)
        {
            var before = run.World.State.Current!.Fingerprint;
            run.World.Cluster.AskToRotate();
            await run.UntilAsync(() => run.World.State is { Phase: CaPhase.Steady } state && state.Current!.Fingerprint != before && run.World.Published.Count == 1, $"rotation {rotation}");
        }

        run.Report(TestContext.Current.TestOutputHelper!);
        Assert.True(run is { Kills: > 5, Errors: > 100, Interleaved: > 50, Checks: > 10_000 }, run.Summary);
    }
}

/// <summary>One run: a random order of events, always the same for a seed.</summary>
internal sealed class SimulationRun : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromHours(12);

    private readonly Random _random;
    private readonly Dictionary<Replica, DateTimeOffset> _next = [];
    private readonly Dictionary<(string Leaf, string Bundle), bool> _verified = [];
    private readonly HashSet<Replica> _busy = [];
    private int _started;

    public SimulationRun(int seed, int replicas)
    {
        (Seed, _random) = (seed, new Random(seed));
        World = new CertificateWorld(options: new() { CaRetireDelay = TimeSpan.FromMinutes(5) }, replicas: 0);
        for (var i = 0; i < replicas; i++) Start();
    }

    public CertificateWorld World { get; }
    public int Seed { get; }

    /// <summary>Whether the chains are checked.</summary>
    public bool Watch { get; set; }
    public int Kills { get; private set; }
    public int Errors { get; private set; }
    public int Interleaved { get; private set; }
    public int Checks { get; private set; }

    public string Summary => $"seed {Seed}: {World.Replicas.Count} replicas, {Kills} kills, {Errors} errors, {Interleaved} interleaved looks, {Checks} checks of {_verified.Count} pairs";

    public void Report(ITestOutputHelper output) => output.WriteLine(Summary);

    public async Task UntilAsync(Func<bool> isDone, string what)
    {
        var end = World.Time.GetUtcNow() + Patience;
        while (!isDone())
        {
            Assert.True(World.Time.GetUtcNow() < end, $"{what} did not end: {Summary}");
            var (replica, at) = _next.MinBy(entry => entry.Value);
            if (at > World.Time.GetUtcNow()) World.Time.Advance(at - World.Time.GetUtcNow());
            Disturb();
            await LookAsync(replica);
        }
    }

    public void Dispose() => World.Dispose();

    private async Task LookAsync(Replica replica)
    {
        try
        {
            _busy.Add(replica);
            var wait = await replica.TickAsync();
            _next[replica] = World.Time.GetUtcNow() + (wait * (0.9 + (_random.NextDouble() * 0.2)));
        }
        catch (KilledException)
        {
            Kill(replica);
        }
        finally
        {
            _busy.Remove(replica);
        }

        Check("after a look");
    }

    private void Kill(Replica replica)
    {
        Kills++;
        _next.Remove(replica);
        World.Replicas.Remove(replica);
        replica.Dispose();

        // Sometimes the same pod again, sometimes another.
        Start(_random.Next(2) == 0 ? replica.Identity : null);
    }

    private void Start(string? identity = null)
    {
        var replica = new Replica(World.Cluster, World.Time, identity ?? $"spanhook-{_started++}", World.Log, World.Options);
        replica.Api.Before = call => Before(replica, call);
        replica.Api.After = call => After(call);
        World.Replicas.Add(replica);
        _next[replica] = World.Time.GetUtcNow() + TimeSpan.FromSeconds(_random.NextDouble() * 10);
    }

    private void Before(Replica replica, string call)
    {
        if (_random.Next(700) == 0) throw new KilledException();
        if (_random.Next(40) == 0) Fail(call);
        if (_random.Next(25) != 0 || _busy.Count > 1) return;
        var other = World.Replicas[_random.Next(World.Replicas.Count)];
        if (other == replica) return;
        Interleaved++;
        World.Time.Advance(TimeSpan.FromMilliseconds(_random.Next(3000)));
        LookAsync(other).GetAwaiter().GetResult();
    }

    private void After(string call)
    {
        Check(call);
        if (_random.Next(700) == 0) throw new KilledException();
        if (_random.Next(80) == 0) Fail(call);
    }

    private void Fail(string call)
    {
        Errors++;
        World.Time.Advance(TimeSpan.FromMilliseconds(_random.Next(2000)));
        throw _random.Next(4) switch
        {
            0 => new ApiServerException(409, "Conflict", call),
            1 => new ApiServerException(429, "TooManyRequests", call, TimeSpan.FromSeconds(_random.Next(20))),
            2 => new ApiServerException(503, "ServiceUnavailable", call),
            _ => new ApiServerException(0, ApiServerException.Unreachable, call),
        };
    }

    // What happens to a machine: its reads become late, its wall clock jumps, or it stands still for a while.
    private void Disturb()
    {
        var replica = World.Replicas[_random.Next(World.Replicas.Count)];
        switch (_random.Next(200))
        {
            case 0: replica.Api.SecretIsLate = TimeSpan.FromSeconds(90); break;
            case 1: replica.Api.ConfigurationIsLate = TimeSpan.FromSeconds(90); break;
            case 2: replica.Clock.Offset = TimeSpan.FromMinutes(_random.Next(-60, 61)); break;
            case 3: _next[replica] = World.Time.GetUtcNow() + TimeSpan.FromSeconds(_random.Next(120)); break;
            case 4: _ = replica.ReleaseAsync(); break;
            case < 15: (replica.Api.SecretIsLate, replica.Api.ConfigurationIsLate, replica.Clock.Offset) = (TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero); break;
            default: break;
        }
    }

    private void Check(string when)
    {
        if (!Watch) return;
        var bundles = World.Cluster.BundlesWithin(World.Options.CaPublishDelay).ToList();
        foreach (var replica in World.Replicas.Where(replica => replica.IsReady))
        {
            Checks += bundles.Count;
            if (!bundles.TrueForAll(bundle => Verifies(replica, bundle)))
                Assert.Fail($"{when}: {replica.Identity} serves {replica.Source.Served}, which a caBundle that may be in use does not have. {Summary}\n{World.Lines}");
        }
    }

    // Building a chain is slow, so each pair is built once; the time of the truth is looked at each time.
    private bool Verifies(Replica replica, byte[] bundle)
    {
        var (leaf, now) = (replica.Leaf, World.Time.GetUtcNow());
        if (now.UtcDateTime < leaf.NotBefore.ToUniversalTime() || now.UtcDateTime > leaf.NotAfter.ToUniversalTime()) return false;
        var key = (leaf.Thumbprint, Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(bundle)));
        if (_verified.TryGetValue(key, out var verified)) return verified;
        return _verified[key] = CaBundle.Verifies(leaf, CaBundle.Read(bundle), "spanhook.spanhook.svc", now);
    }
}
