using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Spanhook.Server.Certificates;
using Spanhook.Server.Certificates.SelfManaged;

namespace Spanhook.Server.Tests.Certificates.SelfManaged;

/// <summary>What others do to the Secret and to the webhook configuration, and that it is right again within ten seconds.</summary>
public sealed class HealingTests
{
    private const int Soon = 10;

    [Theory]
    [InlineData("deleted", null)]
    [InlineData("emptied", null)]
    [InlineData("certificate is no PEM", "ca.crt is no certificate in PEM")]
    [InlineData("certificate is a leaf", "ca.crt is no certificate of an authority")]
    [InlineData("certificate is gone", "ca.key has no ca.crt")]
    [InlineData("key is no PEM", "ca.key is not the key of ca.crt")]
    [InlineData("key of another", "ca.key is not the key of ca.crt")]
    [InlineData("key is gone", "ca.key is missing")]
    [InlineData("RSA", "another kind of key")]
    [InlineData("P-384", "another kind of key")]
    [InlineData("rubbish beside it", "next.crt is no certificate in PEM")]
    public async Task A_damaged_Secret_gets_back_what_a_running_replica_still_has(string damage, string? said)
    {
        using var world = new CertificateWorld(replicas: 2);
        await world.SettleAsync();
        var (authority, leaf) = (world.State.Current!.Fingerprint, world.First.Leaf);
        Damage(world, damage);
        await world.PassAsync(Soon);
        Assert.Equal(authority, world.State.Current!.Fingerprint);
        Assert.True(world.State.Current.HasKey);
        Assert.Same(leaf, world.First.Leaf);
        world.AssertServes();
        Assert.Contains("Authority Restored", world.Lines, StringComparison.Ordinal);
        if (said is not null) Assert.Contains(said, world.Lines, StringComparison.Ordinal);

        // Nothing is written again and again.
        var version = world.Cluster.Secret!.Metadata.ResourceVersion;
        if (world.State.Phase == CaPhase.Steady) await world.PassAsync(60);
        if (world.State.Phase == CaPhase.Steady) Assert.Equal(version, world.Cluster.Secret.Metadata.ResourceVersion);
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("certificate is no PEM")]
    [InlineData("key is gone")]
    [InlineData("key of another")]
    [InlineData("RSA")]
    public async Task A_Secret_that_nobody_remembers_is_replaced_and_leaves_of_the_lost_authority_stay_trusted(string damage)
    {
        using var world = new CertificateWorld(replicas: 2);
        await world.SettleAsync();
        var (lost, old) = (world.State.Current!.Fingerprint, world.First.Leaf);
        Damage(world, damage);

        // One goes on and cannot reach the API server; the one that writes has just started.
        world.First.Api.Before = call => throw new KubeClient.ApiServerException(0, "Unreachable", call);
        world.Replicas[1].Dispose();
        world.Replicas.RemoveAt(1);
        var started = world.Start();
        await world.PassAsync(30);
        Assert.NotEqual(lost, started.Source.Served);
        world.AssertServes();
        Assert.Same(old, world.First.Leaf);
        Assert.Contains("Authority Replaced", world.Lines, StringComparison.Ordinal);

        // Reachable again, it follows, and the lost one is retired.
        world.First.Api.Before = _ => { };
        await world.PassAsync(TimeSpan.FromMinutes(70), world.AssertServes);
        Assert.Equal(CaPhase.Steady, world.State.Phase);
        Assert.Equal([started.Source.Served, started.Source.Served], world.Replicas.Select(replica => replica.Source.Served));
        Assert.DoesNotContain(world.Published, certificate => CertificateAuthority.FingerprintOf(certificate) == lost);
    }

    [Fact]
    public async Task A_good_authority_survives_whatever_is_wrong_beside_it_even_when_nobody_remembers_it()
    {
        using var world = new CertificateWorld();
        await world.SettleAsync();
        var authority = world.State.Current!.Fingerprint;
        world.Cluster.Edit(("next.crt", "broken"u8.ToArray()), ("next.key", "broken"u8.ToArray()), ("previous.crt", "broken"u8.ToArray()), ("somebody-else", "1"u8.ToArray()));
        world.RestartAll();
        await world.PassAsync(30);
        world.AssertServes();
        Assert.Equal((authority, CaPhase.Steady), (world.State.Current!.Fingerprint, world.State.Phase));
        Assert.Equal(["ca.crt", "ca.key", "somebody-else"], world.Cluster.Secret!.Data!.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("next.crt is no certificate in PEM; previous.crt has no certificate", world.Lines, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_authority_that_is_over_is_replaced()
    {
        using var world = new CertificateWorld(replicas: 2);
        await world.SettleAsync();
        var old = world.State.Current!.Fingerprint;

        // Nothing ran for longer than it is valid.
        world.Time.Advance(TimeSpan.FromDays(400));
        world.RestartAll();
        await world.PassAsync(20 + Soon); // the Lease of the one that is gone runs out first
        world.AssertServes();
        Assert.All(world.Replicas, replica => Assert.NotEqual(old, replica.Source.Served));
    }

    [Fact]
    public async Task An_authority_that_somebody_puts_there_is_taken_and_the_old_one_stays_trusted_until_all_have_followed()
    {
        using var world = new CertificateWorld(replicas: 2);
        await world.SettleAsync();
        var (old, theirs) = (world.State.Current!.Fingerprint, CertificateAuthority.Make("theirs", world.Time.GetUtcNow(), TimeSpan.FromDays(100)));
        world.Cluster.Edit([.. CaSecret.Data(CaState.Empty with { Current = theirs }).Select(entry => (entry.Key, entry.Value))]);
        await world.PassAsync(30);
        world.AssertServes();
        Assert.All(world.Replicas, replica => Assert.Equal(old, replica.Source.Served));
        await world.PassAsync(TimeSpan.FromMinutes(70), world.AssertServes);
        Assert.All(world.Replicas, replica => Assert.Equal(theirs.Fingerprint, replica.Source.Served));
        Assert.Equal(theirs.Fingerprint, CertificateAuthority.FingerprintOf(Assert.Single(world.Published)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("no PEM")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public async Task A_caBundle_that_GitOps_takes_away_is_back_soon(string bundle)
    {
        using var world = new CertificateWorld(replicas: 2);
        await world.SettleAsync();
        world.Cluster.Put(FakeCluster.Configured(Encoding.ASCII.GetBytes(bundle)));
        world.Time.Advance(TimeSpan.FromSeconds(1));
        await world.Replicas[1].TickAsync();
        Assert.Equal((false, true), (world.Replicas[1].Status.Matches, world.Replicas[1].IsReady));
        await world.PassAsync(Soon);
        world.AssertServes();
        Assert.True(world.Replicas[1].Status.Matches);
    }

    [Fact]
    public async Task A_webhook_configuration_that_an_admin_deletes_stays_deleted_and_heals_when_it_is_back()
    {
        using var world = new CertificateWorld(replicas: 2);
        await world.SettleAsync();
        world.Cluster.Put((WebhookConfiguration?)null);
        await world.PassAsync(600);
        Assert.Null(world.Cluster.Configuration);
        Assert.All(world.Replicas, replica => Assert.Equal((true, null, false), (replica.IsReady, replica.Status.Matches, replica.Status.ConfigurationExists)));
        Assert.Equal(2, world.Log.All.Count(line => line.Message.Contains("does not exist: no API server calls", StringComparison.Ordinal)));

        world.Cluster.Put(FakeCluster.Configured(null));
        await world.PassAsync(Soon);
        world.AssertServes();
        Assert.All(world.Replicas, replica => Assert.True(replica.Status.ConfigurationExists));
    }

    [Fact]
    public async Task A_Secret_that_is_gone_and_may_not_be_made_does_not_keep_caBundle_from_being_healed()
    {
        using var world = new CertificateWorld();
        await world.SettleAsync();
        world.First.Api.Before = call => { if (call == "create secret") throw FakeCertificateApi.Forbidden(call); };
        world.Cluster.Put((Secret?)null);
        world.Cluster.Put(FakeCluster.Configured(null));
        await world.PassAsync(Soon);
        world.AssertServes();
        Assert.Contains("create secret generic spanhook-ca", world.Lines, StringComparison.Ordinal);
    }

    private static void Damage(CertificateWorld world, string how)
    {
        var other = CertificateAuthority.Make("other", world.Time.GetUtcNow(), TimeSpan.FromDays(10));
        var foreign = CaSecret.Data(CaState.Empty with { Current = other });
        switch (how)
        {
            case "deleted": world.Cluster.Put((Secret?)null); break;
            case "emptied": world.Cluster.Edit(("ca.crt", null), ("ca.key", null)); break;
            case "certificate is no PEM": world.Cluster.Edit(("ca.crt", [0, 255, 1])); break;
            case "certificate is a leaf": world.Cluster.Edit(("ca.crt", Encoding.ASCII.GetBytes(world.First.Leaf.ExportCertificatePem()))); break;
            case "certificate is gone": world.Cluster.Edit(("ca.crt", null)); break;
            case "key is no PEM": world.Cluster.Edit(("ca.key", [0, 255, 1])); break;
            case "key of another": world.Cluster.Edit(("ca.key", foreign["ca.key"])); break;
            case "key is gone": world.Cluster.Edit(("ca.key", null)); break;
            case "rubbish beside it": world.Cluster.Edit(("next.crt", "x"u8.ToArray())); break;
            default: world.Cluster.Edit(OtherKind(how == "RSA" ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP384), world.Time.GetUtcNow())); break;
        }
    }

    private static (string, byte[]?)[] OtherKind(AsymmetricAlgorithm key, DateTimeOffset now)
    {
        var request = key is RSA rsa ? new CertificateRequest("CN=theirs", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) : new CertificateRequest("CN=theirs", (ECDsa)key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(100));
        return [("ca.crt", Encoding.ASCII.GetBytes(certificate.ExportCertificatePem())), ("ca.key", Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()))];
    }
}
