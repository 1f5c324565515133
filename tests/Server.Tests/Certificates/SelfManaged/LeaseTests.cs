using Spanhook.KubeClient;
using Spanhook.Server.Certificates.SelfManaged;
using Spanhook.Server.Tests.Support;

namespace Spanhook.Server.Tests.Certificates.SelfManaged;

/// <summary>Who writes.</summary>
public sealed class LeaseTests
{
    private readonly ManualTime _time = new();
    private readonly FakeCluster _cluster;

    public LeaseTests() => _cluster = new FakeCluster(_time);

    [Fact]
    public async Task The_first_takes_it_and_keeps_it_as_long_as_it_renews()
    {
        var (one, _) = Elector("one");
        var (two, _) = Elector("two");
        for (var i = 0; i < 20; i++)
        {
            Assert.True(await Try(one));
            Assert.False(await Try(two));
            _time.Advance(CertificateKeeper.Poll);
        }

        Assert.Equal(("one", 15, 1), (_cluster.Lease!.Spec!.HolderIdentity, _cluster.Lease.Spec.LeaseDurationSeconds, _cluster.Lease.Spec.LeaseTransitions));
    }

    [Fact]
    public async Task It_is_taken_over_when_it_was_seen_unchanged_for_its_duration_whatever_its_times_say()
    {
        var (one, _) = Elector("one");
        var (two, clock) = Elector("two");
        Assert.True(await Try(one));
        clock.Offset = TimeSpan.FromDays(8);
        Assert.False(await Try(two));
        _time.Advance(TimeSpan.FromSeconds(14));
        Assert.False(await Try(two));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await Try(two));
        Assert.False(await Try(one));
        Assert.Equal(2, _cluster.Lease!.Spec!.LeaseTransitions);
    }

    [Fact]
    public async Task It_is_released_when_the_server_stops()
    {
        var (one, _) = Elector("one");
        var (two, _) = Elector("two");
        Assert.True(await Try(one));
        Assert.False(await Try(two));
        await one.ReleaseAsync(CancellationToken.None);
        Assert.True(await Try(two));
        await one.ReleaseAsync(CancellationToken.None);
        Assert.Equal("two", _cluster.Lease!.Spec!.HolderIdentity);
    }

    [Fact]
    public async Task A_holder_that_cannot_renew_stops_counting_on_it_before_another_can_take_it()
    {
        var (one, _) = Elector("one", out var api);
        Assert.True(await Try(one));
        api.Before = call => throw new ApiServerException(503, "ServiceUnavailable", call);
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.True(await Try(one));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await Try(one));
    }

    [Fact]
    public async Task Two_that_take_it_at_the_same_moment_are_not_both_holders()
    {
        var (one, _) = Elector("one", out var api);
        var (two, _) = Elector("two");
        api.Before = call => { if (call == "create lease") Assert.True(Try(two).GetAwaiter().GetResult()); };
        Assert.False(await Try(one));
    }

    private static Task<bool> Try(LeaseElection election) => election.TryHoldAsync(TestContext.Current.CancellationToken);

    private (LeaseElection Election, SkewedTime Clock) Elector(string identity) => Elector(identity, out _);

    private (LeaseElection Election, SkewedTime Clock) Elector(string identity, out FakeCertificateApi api)
    {
        var clock = new SkewedTime(_time);
        api = new FakeCertificateApi(_cluster);
        return (new LeaseElection(api, new SelfManagedOptions { Identity = identity }, new ProblemLog(new LogLines().For<LeaseTests>(), clock), clock), clock);
    }
}
