using Microsoft.Extensions.Logging;
using Spanhook.Server.Certificates;
using Spanhook.Server.Certificates.SelfManaged;

namespace Spanhook.Server.Tests.Certificates.SelfManaged;

/// <summary>An installation that has no authority yet.</summary>
public sealed class FirstStartTests
{
    [Fact]
    public async Task One_replica_makes_the_authority_and_all_serve_leaves_of_it()
    {
        using var world = new CertificateWorld(replicas: 3);
        await world.SettleAsync();
        Assert.Equal(CaPhase.Steady, world.State.Phase);
        Assert.All(world.Replicas, replica => Assert.Equal(world.State.Current!.Fingerprint, replica.Source.Served));
        Assert.Single(world.Log.All, line => line.Message.StartsWith("Authority Made", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Replicas_that_start_at_the_same_moment_agree_on_one_authority()
    {
        using var world = new CertificateWorld(replicas: 2);
        var (first, second) = (world.First, world.Replicas[1]);

        // Nobody may use the Lease: both write, the second in the middle of the first.
        foreach (var replica in world.Replicas) replica.Api.Before = call => Refuse(call, "lease");
        first.Api.Before = call =>
        {
            Refuse(call, "lease");
            if (call != "replace secret") return;
            first.Api.Before = inner => Refuse(inner, "lease");
            second.TickAsync().GetAwaiter().GetResult();
        };
        Assert.Equal(CertificateKeeper.AfterConflict, await first.TickAsync());
        await world.SettleAsync();
        Assert.Equal(first.Source.Served, second.Source.Served);
        Assert.Contains("so every replica writes", world.Lines, StringComparison.Ordinal);

        static void Refuse(string call, string what)
        {
            if (call.Contains(what, StringComparison.Ordinal)) throw FakeCertificateApi.Forbidden(call);
        }
    }

    [Fact]
    public async Task A_replica_is_not_ready_before_the_webhook_configuration_trusts_its_authority()
    {
        using var world = new CertificateWorld();
        Assert.Contains("not made yet", world.First.Status.NotReady, StringComparison.Ordinal);
        world.First.Api.Before = call => { if (call == "apply") throw FakeCertificateApi.Forbidden(call); };
        await world.PassAsync(20);
        Assert.Contains("pods.spanhook.dev", world.First.Status.NotReady, StringComparison.Ordinal);
        Assert.Contains("has no caBundle", world.First.Status.NotReady, StringComparison.Ordinal);
        Assert.False(world.First.Status.Matches);
        world.First.Api.Before = _ => { };
        await world.SettleAsync();
        Assert.True(world.First.Status.Matches);
    }

    [Fact]
    public async Task Without_a_webhook_configuration_nobody_calls_so_a_replica_is_ready()
    {
        using var world = new CertificateWorld(replicas: 2);
        world.Cluster.Put((WebhookConfiguration?)null);
        await world.PassAsync(10);
        Assert.All(world.Replicas, replica => Assert.True(replica.IsReady));
        Assert.Null(world.Cluster.Configuration);
        Assert.Null(world.First.Status.Matches);
    }

    [Fact]
    public async Task A_Secret_that_may_not_be_made_is_named_with_the_command_that_makes_it()
    {
        using var world = new CertificateWorld();
        world.Cluster.Put((Secret?)null);
        world.First.Api.Before = call => { if (call == "create secret") throw FakeCertificateApi.Forbidden(call); };
        await world.PassAsync(30);
        Assert.Contains("kubectl --namespace spanhook create secret generic spanhook-ca", Assert.Single(world.Log.All, line => line.Level == LogLevel.Warning && line.Message.Contains("spanhook-ca", StringComparison.Ordinal)).Message, StringComparison.Ordinal);
        Assert.False(world.First.IsReady);

        world.Cluster.Install();
        await world.SettleAsync();
    }

    [Fact]
    public async Task A_Secret_that_is_missing_is_made_where_that_is_allowed()
    {
        using var world = new CertificateWorld();
        world.Cluster.Put((Secret?)null);
        await world.SettleAsync();
        Assert.Equal("Opaque", world.Cluster.Secret!.Type);
    }

    [Theory]
    [InlineData("spanhook.spanhook.svc")]
    [InlineData("spanhook.spanhook.svc.cluster.local")]
    [InlineData("spanhook.spanhook")]
    [InlineData("spanhook")]
    [InlineData("webhook.example.com")]
    [InlineData("192.0.2.7")]
    public async Task The_leaf_is_for_every_name_of_the_Service_and_those_asked_for(string name)
    {
        using var world = new CertificateWorld(options: new() { DnsNames = ["webhook.example.com", "192.0.2.7"] });
        await world.SettleAsync();
        Assert.True(world.First.Leaf.MatchesHostname(name, allowWildcards: false, allowCommonName: false));
        Assert.False(world.First.Leaf.MatchesHostname("localhost"));
    }

    [Fact]
    public async Task Lives_and_keys_are_as_promised()
    {
        using var world = new CertificateWorld();
        await world.SettleAsync();
        var (now, authority, leaf) = (world.Time.GetUtcNow().UtcDateTime, world.State.Current!, world.First.Leaf);
        Assert.Equal((365, 7), ((int)Math.Round((authority.NotAfter.UtcDateTime - now).TotalDays), (int)Math.Round((leaf.NotAfter.ToUniversalTime() - now).TotalDays)));
        Assert.InRange(now - leaf.NotBefore.ToUniversalTime(), TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61));
        Assert.InRange(now - authority.NotBefore.UtcDateTime, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61));
        Assert.Equal("1.2.840.10045.3.1.7", leaf.PublicKey.GetECDsaPublicKey()!.ExportParameters(false).Curve.Oid.Value);
    }

    [Fact]
    public async Task No_key_ever_reaches_the_log()
    {
        using var world = new CertificateWorld(replicas: 2);
        await world.SettleAsync();
        var key = Convert.ToBase64String(world.Cluster.Secret!.Data!["ca.key"])[40..80];
        world.Cluster.Edit(("ca.crt", "broken"u8.ToArray()));
        await world.PassAsync(10);
        world.Cluster.Put((Secret?)null);
        await world.PassAsync(10);
        Assert.DoesNotContain("PRIVATE", world.Lines, StringComparison.Ordinal);
        Assert.DoesNotContain(key, world.Lines, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE", new CaView(world.Cluster.Secret, new CaReading(world.State, []), world.State).ToString(), StringComparison.Ordinal);
        Assert.Contains(CertificateAuthority.FingerprintOf(world.Published[0]), world.Lines, StringComparison.Ordinal);
    }
}
