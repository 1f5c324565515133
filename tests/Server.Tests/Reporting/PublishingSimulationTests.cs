using Spanhook.Support;

namespace Spanhook.Server.Tests.Reporting;

/// <summary>The counts of replicas to which anything may happen.</summary>
public sealed class PublishingSimulationTests : IAsyncLifetime
{
    private ReportRig _rig = null!;

    public async ValueTask InitializeAsync()
    {
        _rig = await ReportRig.StartAsync();
        _rig.PutPolicy("gpu");
    }

    /// <summary>Replicas come, count, lose answers, fall silent, end and are killed in any order; what was written and what is still counted is the sum of all pods.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Whatever_happens_each_pod_counts_once(int seed)
    {
        var random = new Random(seed);
        var alive = new List<ReportingReplica> { await _rig.AddAsync("r0"), await _rig.AddAsync("r1") };
        var pods = 0L;
        for (var step = 0; step < 120; step++)
        {
            var replica = alive[random.Next(alive.Count)];
            _rig.Server.Fault = Faults(random);
            switch (random.Next(8))
            {
                case 0 or 1 or 2:
                    var count = random.Next(1, 4);
                    replica.Injected("gpu", count);
                    pods += count;
                    break;
                case 3 or 4:
                    await replica.RoundAsync();
                    break;
                case 5:
                    _rig.Time.Advance(TimeSpan.FromMinutes(random.Next(1, 12)));
                    break;
                case 6 when alive.Count > 1:
                    _rig.Server.Fault = _ => null;
                    if (random.Next(2) == 0) await replica.Keeper.StopAsync(CancellationToken.None);
                    else await replica.CountAsync(); // killed after its last write
                    alive.Remove(replica);
                    break;
                default:
                    alive.Add(await Added(step));
                    break;
            }
        }

        _rig.Server.Fault = _ => null;
        foreach (var replica in alive) await replica.CountAsync();
        Assert.Equal(pods, Total());
        foreach (var replica in alive) await replica.RoundAsync();
        _rig.Time.Advance(TimeSpan.FromSeconds(20)); // the Lease of one that was killed runs out
        foreach (var replica in alive) await replica.RoundAsync();
        Assert.Equal($"{pods} {pods}", ReportRig.Counted(_rig.StatusOf("gpu")));
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    private async Task<ReportingReplica> Added(int step)
    {
        _rig.Server.Fault = _ => null;
        return await _rig.AddAsync($"r{step}");
    }

    // Of writes: refused, lost on their way there, lost on their way back.
    private static Func<FakeRequest, FakeFault?> Faults(Random random)
    {
        var kind = random.Next(6);
        return request => request.Method is not ("PATCH" or "PUT") || !request.Path.Contains("configmaps", StringComparison.Ordinal) ? null : kind switch
        {
            0 => FakeFault.Break,
            1 => new FakeFault { CutAfterBytes = 0 },
            2 => FakeFault.Answer(500, "InternalError"),
            _ => null,
        };
    }

    private long Total() => _rig.Reports.Instances.Values.Sum(report => Injected(report.Counts)) + Injected(_rig.Reports.Past?.Counts ?? new());

    private static long Injected(Spanhook.Server.Reporting.Counting.Counts counts) => counts.Policies.GetValueOrDefault("gpu")?.Injected ?? 0;
}
