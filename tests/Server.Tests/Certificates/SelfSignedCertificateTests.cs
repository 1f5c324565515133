using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Spanhook.Server.Certificates;
using Spanhook.Server.Tests.Support;

namespace Spanhook.Server.Tests.Certificates;

/// <summary>The certificate that is made in memory.</summary>
public sealed class SelfSignedCertificateTests
{
    private readonly ManualTime _time = new();

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("spanhook.spanhook.svc")]
    [InlineData("192.0.2.7")]
    public void The_leaf_is_for_localhost_and_every_given_name(string name)
    {
        using var source = new SelfSignedCertificateSource(["spanhook.spanhook.svc", "192.0.2.7"], _time);
        Assert.True(Leaf(source).MatchesHostname(name, allowWildcards: false, allowCommonName: false));
        Assert.False(Leaf(source).MatchesHostname("example.com"));
    }

    [Fact]
    public void The_chain_validates_against_the_authority_that_is_written_out()
    {
        using var source = new SelfSignedCertificateSource([], _time);
        Assert.Empty(ChainProblems(source, Leaf(source)));
        Assert.DoesNotContain("PRIVATE", source.AuthorityPem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_chain_does_not_validate_against_another_authority()
    {
        using var source = new SelfSignedCertificateSource([], _time);
        using var other = new SelfSignedCertificateSource([], _time);
        Assert.NotEmpty(ChainProblems(other, Leaf(source)));
    }

    [Fact]
    public void The_leaf_is_kept_for_two_thirds_of_its_life_and_then_renewed()
    {
        using var source = new SelfSignedCertificateSource([], _time);
        var first = Leaf(source);
        _time.Advance(TimeSpan.FromDays(60) - TimeSpan.FromSeconds(1));
        Assert.Same(first, Leaf(source));
        _time.Advance(TimeSpan.FromSeconds(1));
        var second = Leaf(source);
        Assert.NotEqual(first.SerialNumber, second.SerialNumber);
        Assert.Same(second, Leaf(source));
        Assert.Empty(ChainProblems(source, second));
        Assert.Empty(ChainProblems(source, first)); // a connection that is open may still use it
    }

    [Fact]
    public void A_year_of_handshakes_never_meets_an_expired_leaf()
    {
        using var source = new SelfSignedCertificateSource([], _time);
        for (var day = 0; day < 365; day += 7)
        {
            Assert.Empty(ChainProblems(source, Leaf(source)));
            _time.Advance(TimeSpan.FromDays(7));
        }
    }

    [Fact]
    public void Handshakes_at_the_moment_of_renewal_agree_on_one_leaf()
    {
        using var source = new SelfSignedCertificateSource([], _time);
        _time.Advance(TimeSpan.FromDays(61));
        var seen = new SslStreamCertificateContext[16];
        Parallel.For(0, seen.Length, i => seen[i] = source.Current);
        Assert.Single(seen.Distinct());
    }

    private static X509Certificate2 Leaf(SelfSignedCertificateSource source) => source.Current.TargetCertificate;

    private string[] ChainProblems(SelfSignedCertificateSource trusted, X509Certificate2 leaf)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.ImportFromPem(trusted.AuthorityPem);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = _time.GetUtcNow().UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(new("1.3.6.1.5.5.7.3.1")); // server authentication
        return chain.Build(leaf) ? [] : [.. chain.ChainStatus.Select(status => status.StatusInformation)];
    }
}
