using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Spanhook.Server.Certificates;
using Spanhook.Server.Certificates.SelfManaged;
using Spanhook.Server.Tests.Support;

namespace Spanhook.Server.Tests.Certificates.SelfManaged;

/// <summary>The leaf of one replica: its renewal, and clocks that jump.</summary>
public sealed class LeafTests : IDisposable
{
    private static readonly SelfManagedOptions Options = new();

    private readonly ManualTime _truth = new();
    private readonly SkewedTime _clock;
    private readonly LogLines _log = new();
    private readonly ManagedCertificateSource _source;
    private CertificateAuthority _authority;

    public LeafTests()
    {
        _clock = new SkewedTime(_truth);
        _source = new ManagedCertificateSource(Options, _log.For<ManagedCertificateSource>(), _clock);
        _authority = Make();
    }

    public void Dispose() => _source.Dispose();

    [Fact]
    public void A_thousand_renewals_leave_no_moment_without_a_valid_leaf()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        _source.Use(_authority);
        while (seen.Count <= 1000)
        {
            // What was handed over just before a renewal is valid long after it.
            var before = Leaf;
            AssertValid(before);
            seen.Add(before.SerialNumber);
            _truth.Advance(TimeSpan.FromHours(20));
            AssertValid(before);
            if (_truth.GetUtcNow() < _authority.RenewAt) continue;
            _source.Use(_authority = Make());
        }
    }

    [Fact]
    public void It_is_renewed_when_two_thirds_of_its_life_are_over()
    {
        _source.Use(_authority);
        var first = Leaf;
        _truth.Advance((Options.LeafLifetime * 2 / 3) - TimeSpan.FromSeconds(2));
        Assert.Same(first, Leaf);
        _truth.Advance(TimeSpan.FromSeconds(2));
        Assert.NotSame(first, Leaf);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(8 * 24)]
    public void A_clock_that_jumps_finds_a_leaf_that_is_valid_for_us_and_for_those_whose_clock_did_not(int hours)
    {
        _source.Use(_authority);
        _truth.Advance(TimeSpan.FromDays(1));
        _ = Leaf;
        _clock.Offset = TimeSpan.FromHours(hours);
        _clock.FireTimers(); // within a minute, without any handshake
        AssertValidAt(Presented!, _clock.GetUtcNow());
        AssertValidAt(Presented!, _truth.GetUtcNow());
        _clock.Offset = TimeSpan.Zero;
        _clock.FireTimers();
        AssertValidAt(Leaf, _truth.GetUtcNow());
    }

    [Fact]
    public void After_eight_days_of_suspension_the_first_handshake_gets_a_new_leaf()
    {
        _source.Use(_authority);
        var old = Leaf;
        _truth.Advance(TimeSpan.FromDays(8));
        Assert.Null(Presented); // the metric does not show one that is over
        AssertValid(Leaf);
        Assert.NotSame(old, Leaf);
    }

    [Fact]
    public void An_authority_that_is_over_keeps_the_old_leaf_as_long_as_that_is_valid_and_not_longer()
    {
        _authority = Make(TimeSpan.FromDays(6));
        _source.Use(_authority);
        var leaf = Leaf;
        _source.Use(CertificateAuthority.Make("over", _truth.GetUtcNow().AddDays(-30), TimeSpan.FromDays(1)));
        Assert.Same(leaf, Leaf);
        Assert.Contains("Kept the certificate", Assert.Single(_log.All, line => line.Level == Microsoft.Extensions.Logging.LogLevel.Error).Message, StringComparison.Ordinal);
        _truth.Advance(TimeSpan.FromDays(6) + TimeSpan.FromSeconds(1));
        Assert.Throws<AuthenticationException>(() => _source.Current);
        Assert.Null(_source.Served);
    }

    [Fact]
    public void It_never_outlives_its_authority()
    {
        _authority = Make(TimeSpan.FromDays(2));
        _source.Use(_authority);
        Assert.Equal(_authority.NotAfter.UtcDateTime, Leaf.NotAfter.ToUniversalTime());
    }

    [Fact]
    public void Without_an_authority_the_handshake_is_refused() => Assert.Throws<AuthenticationException>(() => _source.Current);

    [Fact]
    public void Handshakes_at_the_moment_of_renewal_agree_on_one_leaf()
    {
        _source.Use(_authority);
        _truth.Advance(TimeSpan.FromDays(5));
        var seen = new object[16];
        Parallel.For(0, seen.Length, i => seen[i] = _source.Current);
        Assert.Single(seen.Distinct());
    }

    private X509Certificate2 Leaf => _source.Current.TargetCertificate;

    private X509Certificate2? Presented => _source.Presented;

    private CertificateAuthority Make(TimeSpan? life = null) => CertificateAuthority.Make("test", _truth.GetUtcNow(), life ?? Options.CaLifetime);

    private void AssertValid(X509Certificate2 leaf) => AssertValidAt(leaf, _truth.GetUtcNow());

    private static void AssertValidAt(X509Certificate2 leaf, DateTimeOffset now) => Assert.True(leaf.NotBefore.ToUniversalTime() <= now.UtcDateTime && now.UtcDateTime < leaf.NotAfter.ToUniversalTime(), $"{leaf.NotBefore:u} to {leaf.NotAfter:u} at {now:u}");
}
