using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Spanhook.Server.Certificates;
using Spanhook.Server.Certificates.SelfManaged;
using Spanhook.Server.Tests.Certificates.SelfManaged;
using Spanhook.Server.Tests.Support;

namespace Spanhook.Server.Tests.Certificates;

/// <summary>Certificates that come from elsewhere: whether API servers can trust them is seen, and measured, and nothing is written.</summary>
public sealed class CaBundleMonitorTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly LogLines _log = new();
    private readonly FakeCluster _cluster;
    private readonly FakeCertificateApi _api;
    private readonly CertificateAuthority _authority;
    private readonly FixedSource _source;
    private readonly CertificateStatus _status;
    private readonly CaBundleMonitor _monitor;

    public CaBundleMonitorTests()
    {
        _cluster = new FakeCluster(_time);
        _api = new FakeCertificateApi(_cluster);
        _authority = CertificateAuthority.Make("theirs", _time.GetUtcNow(), TimeSpan.FromDays(90));
        _source = new FixedSource(_authority.SignLeaf(["spanhook.spanhook.svc"], _time.GetUtcNow(), _time.GetUtcNow().AddDays(7)));
        _status = new CertificateStatus("spanhook", _log.For<CertificateStatus>(), _time);
        _monitor = new CaBundleMonitor(_api, _source, _status, _log.For<CaBundleMonitor>(), _time);
    }

    [Fact]
    public async Task A_bundle_that_vouches_for_what_is_served_matches()
    {
        _cluster.Put(FakeCluster.Configured(CaBundle.Write([_authority.Certificate])));
        Assert.Equal((null, null), (_status.Matches, _status.ConfigurationExists));
        await LookAsync();
        Assert.Equal((true, true), (_status.Matches, _status.ConfigurationExists));
        Assert.Null(_status.NotReady);
        Assert.DoesNotContain(_log.All, line => line.Message.StartsWith("Certificates:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Another_bundle_does_not_match_and_is_said_once_until_it_does()
    {
        using var other = CertificateAuthority.Make("other", _time.GetUtcNow(), TimeSpan.FromDays(90)).Certificate;
        _cluster.Put(FakeCluster.Configured(CaBundle.Write([other])));
        for (var i = 0; i < 5; i++) await LookAsync();
        Assert.Equal((false, true), (_status.Matches, _status.ConfigurationExists));
        Assert.Single(_log.All, line => line.Message.Contains("has a caBundle that does not vouch for the certificate that is served", StringComparison.Ordinal));
        _cluster.Put(FakeCluster.Configured(CaBundle.Write([other, _authority.Certificate])));
        await LookAsync();
        Assert.True(_status.Matches);
        Assert.Single(_log.All, line => line.Message.StartsWith("Certificates, over:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_configuration_nobody_calls_and_there_is_nothing_to_match()
    {
        _cluster.Put((WebhookConfiguration?)null);
        await LookAsync();
        Assert.Equal((null, false), (_status.Matches, _status.ConfigurationExists));
    }

    [Fact]
    public async Task What_cannot_be_read_is_not_taken_for_a_change()
    {
        _cluster.Put(FakeCluster.Configured(CaBundle.Write([_authority.Certificate])));
        await LookAsync();
        _api.Before = call => throw FakeCertificateApi.Forbidden(call);
        for (var i = 0; i < 3; i++) await LookAsync();
        Assert.Equal((true, true), (_status.Matches, _status.ConfigurationExists));
        Assert.Single(_log.All, line => line.Message.Contains("the webhook configuration cannot be read", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_is_ever_written()
    {
        var calls = new HashSet<string>(StringComparer.Ordinal);
        _api.Before = call => calls.Add(call);
        _cluster.Put(FakeCluster.Configured(null));
        for (var i = 0; i < 5; i++) await LookAsync();
        Assert.Equal(["get configuration"], calls);
        Assert.False(_status.Matches);
    }

    [Fact]
    public async Task The_gauges_say_the_same_and_nothing_where_nothing_is_known()
    {
        using var meter = new Meter("certificates of a test");
        await new CertificateMetrics(meter, _source, _status).StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal([$"spanhook.cert.not_after={_time.GetUtcNow().AddDays(7).ToUnixTimeSeconds()}"], Measured(meter));
        _cluster.Put(FakeCluster.Configured(null));
        await LookAsync();
        Assert.Equal(["spanhook.ca_bundle.match=0", "spanhook.webhook_configuration.present=1"], Measured(meter)[..2]);
        _cluster.Put((WebhookConfiguration?)null);
        await LookAsync();
        Assert.DoesNotContain(Measured(meter), measured => measured.StartsWith("spanhook.ca_bundle.match", StringComparison.Ordinal));
        Assert.Contains("spanhook.webhook_configuration.present=0", Measured(meter));
    }

    [Fact]
    public async Task A_server_that_looks_at_no_cluster_measures_its_certificate_only()
    {
        using var meter = new Meter("certificates of another test");
        await new CertificateMetrics(meter, _source, null).StartAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("spanhook.cert.not_after=", Assert.Single(Measured(meter)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_Lease_is_kept_all_the_same_and_given_up_at_the_end()
    {
        var options = new SelfManagedOptions { Identity = "one" };
        var time = new HurriedTime();
        var lease = new LeaseElection(_api, options, new ProblemLog(_log.For<LeaseKeeper>(), time), time);
        using var keeper = new LeaseKeeper(lease, _log.For<LeaseKeeper>(), time);
        _api.Before = call => throw new InvalidOperationException(call); // not even that ends it
        await keeper.StartAsync(TestContext.Current.CancellationToken);
        await Spanhook.Support.Eventually.IsTrueAsync(() => _log.All.Any(line => line.Message.Contains("failed, and tried again", StringComparison.Ordinal)));
        Assert.False(lease.IsHeld);
        _api.Before = _ => { };
        await Spanhook.Support.Eventually.IsTrueAsync(() => lease.IsHeld);
        Assert.Equal("one", _cluster.Lease!.Spec!.HolderIdentity);
        await keeper.StopAsync(CancellationToken.None);
        Assert.Equal("", _cluster.Lease!.Spec!.HolderIdentity);
        Assert.False(lease.IsHeld);
    }

    [Fact]
    public async Task A_holder_that_did_not_renew_in_time_does_not_count_on_it()
    {
        var lease = new LeaseElection(_api, new SelfManagedOptions { Identity = "one" }, new ProblemLog(_log.For<LeaseKeeper>(), _time), _time);
        Assert.False(lease.IsHeld);
        await lease.TryHoldAsync(TestContext.Current.CancellationToken);
        Assert.True(lease.IsHeld);
        _time.Advance(LeaseElection.RenewDeadline);
        Assert.False(lease.IsHeld);
        await lease.TryHoldAsync(TestContext.Current.CancellationToken);
        Assert.True(lease.IsHeld);
        _api.Before = call => throw FakeCertificateApi.Forbidden(call);
        Assert.True(await lease.TryHoldAsync(TestContext.Current.CancellationToken)); // certificates are written all the same
        _time.Advance(LeaseElection.RenewDeadline);
        Assert.False(lease.IsHeld);
    }

    public void Dispose()
    {
        _monitor.Dispose();
        _source.Dispose();
        _authority.Certificate.Dispose();
    }

    private Task LookAsync() => _monitor.TickAsync(TestContext.Current.CancellationToken);

    private static List<string> Measured(Meter meter)
    {
        var measured = new List<string>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, to) => { if (instrument.Meter == meter) to.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => measured.Add(string.Create(CultureInfo.InvariantCulture, $"{instrument.Name}={value}")));
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => measured.Add(string.Create(CultureInfo.InvariantCulture, $"{instrument.Name}={value}")));
        listener.Start();
        listener.RecordObservableInstruments();
        measured.Sort(StringComparer.Ordinal);
        return [.. measured.OrderBy(one => one.StartsWith("spanhook.cert.", StringComparison.Ordinal)).ThenBy(one => one, StringComparer.Ordinal)];
    }

    /// <summary>A certificate that stays.</summary>
    private sealed class FixedSource(X509Certificate2 leaf) : ICertificateSource
    {
        public SslStreamCertificateContext Current { get; } = SslStreamCertificateContext.Create(leaf, additionalCertificates: null, offline: true);

        public X509Certificate2? Presented => leaf;

        public void Dispose() => leaf.Dispose();
    }
}
