using Spanhook.Server.Certificates;
using Spanhook.Server.Certificates.SelfManaged;

namespace Spanhook.Server.Tests.Certificates.SelfManaged;

/// <summary>The three phases, each in its time.</summary>
public sealed class RotationTests
{
    [Fact]
    public async Task A_rotation_publishes_waits_signs_waits_and_retires()
    {
        using var world = new CertificateWorld(replicas: 2);
        await world.SettleAsync();
        var old = world.State.Current!.Fingerprint;
        world.Cluster.AskToRotate();
        await world.PassAsync(10);
        Assert.Equal((CaPhase.Publishing, 2), (world.State.Phase, world.Published.Count));
        Assert.All(world.Replicas, replica => Assert.Equal(old, replica.Source.Served));
        Assert.Null(world.Cluster.Secret!.Annotation(CaWriter.RotateAnnotation));

        await world.PassAsync(50);
        Assert.Equal(CaPhase.Publishing, world.State.Phase);
        await world.PassAsync(15);
        var current = world.State.Current!.Fingerprint;
        Assert.Equal((CaPhase.Retiring, 2), (world.State.Phase, world.Published.Count));
        Assert.NotEqual(old, current);
        Assert.All(world.Replicas, replica => Assert.Equal(current, replica.Source.Served));

        await world.PassAsync(TimeSpan.FromMinutes(59), world.AssertServes);
        Assert.Equal(CaPhase.Retiring, world.State.Phase);
        await world.PassAsync(TimeSpan.FromMinutes(2), world.AssertServes);
        Assert.Equal((CaPhase.Steady, current), (world.State.Phase, CertificateAuthority.FingerprintOf(Assert.Single(world.Published))));
        Assert.DoesNotContain(world.Cluster.Secret!.Metadata.Annotations!.Keys, key => key.StartsWith(ReplicaReports.Prefix, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_old_authority_is_trusted_until_the_last_living_replica_serves_the_new_one()
    {
        using var world = new CertificateWorld(replicas: 3);
        await world.SettleAsync();
        var (old, late) = (world.State.Current!.Fingerprint, world.Replicas[2]);
        world.Cluster.AskToRotate();
        await world.PassAsync(30);

        // It says what it serves, but does not see the caBundle: so it must not change over.
        late.Api.ConfigurationIsLate = TimeSpan.FromHours(3);
        await world.PassAsync(TimeSpan.FromHours(2), world.AssertServes);
        Assert.Equal((old, CaPhase.Retiring), (late.Source.Served, world.State.Phase));
        late.Api.ConfigurationIsLate = TimeSpan.Zero;
        await world.PassAsync(TimeSpan.FromMinutes(5), world.AssertServes);
        Assert.Equal((world.State.Current!.Fingerprint, CaPhase.Steady), (late.Source.Served, world.State.Phase));
    }

    [Fact]
    public async Task A_replica_that_is_gone_holds_nothing_up_for_longer_than_the_retire_delay()
    {
        using var world = new CertificateWorld(replicas: 3);
        await world.SettleAsync();
        world.Cluster.AskToRotate();
        await world.PassAsync(30);
        world.Replicas[2].Dispose();
        world.Replicas.RemoveAt(2);
        await world.PassAsync(TimeSpan.FromMinutes(63), world.AssertServes);
        Assert.Equal(CaPhase.Steady, world.State.Phase);
    }

    [Fact]
    public async Task A_replica_that_starts_in_any_phase_serves_what_is_trusted()
    {
        using var world = new CertificateWorld(options: new() { CaRetireDelay = TimeSpan.FromMinutes(5) });
        await world.SettleAsync();
        world.Cluster.AskToRotate();
        var phases = new HashSet<CaPhase>();
        for (var look = 0; look < 100; look++)
        {
            await world.PassAsync(5);
            phases.Add(world.State.Phase);
            using var started = new Replica(world.Cluster, world.Time, "started");
            await started.TickAsync();
            Assert.True(started.IsReady, started.Status.NotReady);
            Assert.Contains(started.Source.Served!, world.Published.Select(CertificateAuthority.FingerprintOf));
            world.AssertServes();
        }

        Assert.Equal(3, phases.Count);
    }

    [Fact]
    public async Task The_next_authority_is_made_when_two_thirds_of_the_current_ones_life_are_over()
    {
        using var world = new CertificateWorld();
        await world.SettleAsync();
        world.Time.Advance(TimeSpan.FromDays(243));
        await world.PassAsync(10);
        Assert.Equal(CaPhase.Steady, world.State.Phase);
        world.Time.Advance(TimeSpan.FromDays(1));
        await world.PassAsync(10);
        Assert.Equal(CaPhase.Publishing, world.State.Phase);
        world.AssertServes();
    }

    [Fact]
    public async Task Nothing_is_signed_by_an_authority_that_is_not_read_back_from_the_webhook_configuration()
    {
        using var world = new CertificateWorld();
        await world.SettleAsync();
        var old = world.State.Current!.Fingerprint;
        world.First.Api.Before = call => { if (call == "apply") throw FakeCertificateApi.Forbidden(call); };
        world.Cluster.AskToRotate();
        await world.PassAsync(TimeSpan.FromMinutes(10), world.AssertServes);
        Assert.Equal((CaPhase.Publishing, old), (world.State.Phase, world.First.Source.Served));

        // Deleted meanwhile: nobody could have learnt of the next one either.
        world.Cluster.Put((WebhookConfiguration?)null);
        await world.PassAsync(600);
        Assert.Equal((CaPhase.Publishing, old), (world.State.Phase, world.First.Source.Served));
    }

    [Fact]
    public async Task In_steady_times_nothing_but_the_Lease_is_written()
    {
        using var world = new CertificateWorld(replicas: 3);
        await world.SettleAsync();
        var before = (world.Cluster.Secret!.Metadata.ResourceVersion, world.Cluster.Configuration!.Metadata.ResourceVersion);
        await world.PassAsync(TimeSpan.FromHours(1));
        Assert.Equal(before, (world.Cluster.Secret.Metadata.ResourceVersion, world.Cluster.Configuration.Metadata.ResourceVersion));
    }

    [Fact]
    public async Task A_writer_that_read_an_old_Secret_cannot_take_an_authority_out_of_caBundle()
    {
        using var world = new CertificateWorld(replicas: 2);
        await world.SettleAsync();
        var stale = world.Replicas[1];
        world.Cluster.AskToRotate();
        await world.PassAsync(90);
        Assert.Equal(2, world.Published.Count);

        // It believes that it holds the Lease, and that there is one authority only.
        stale.Api.SecretIsLate = TimeSpan.FromSeconds(90);
        stale.Api.Before = call => { if (call.Contains("lease", StringComparison.Ordinal)) throw FakeCertificateApi.Forbidden(call); };
        var calls = new List<string>();
        stale.Api.After = calls.Add;
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(CertificateKeeper.AfterConflict, await stale.TickAsync());
            Assert.DoesNotContain("apply", calls);
        }

        Assert.Equal(2, world.Published.Count);
    }
}
