using System.Diagnostics.CodeAnalysis;
using System.Net.Security;

namespace Spanhook.Server.Certificates;

/// <summary>
/// For trying and developing: an authority and a leaf made in memory, nothing on disk but, if asked, the authority's certificate. The leaf is
/// renewed when two thirds of its life are over; who trusts the authority notices nothing.
/// </summary>
internal sealed class SelfSignedCertificateSource : ICertificateSource
{
    private static readonly TimeSpan LeafLife = TimeSpan.FromDays(90);
    private static readonly TimeSpan AuthorityLife = TimeSpan.FromDays(3650);

    private readonly IReadOnlyList<string> _names;
    private readonly TimeProvider _time;
    private readonly Lock _renewal = new();
    private readonly CertificateAuthority _authority;
    private SslStreamCertificateContext _current;
    private long _renewAt;

    public SelfSignedCertificateSource(IReadOnlyList<string> names, TimeProvider time)
    {
        _names = ["localhost", "127.0.0.1", "::1", .. names];
        _time = time;
        _authority = CertificateAuthority.Make("spanhook development authority", time.GetUtcNow(), AuthorityLife);
        Renew();
    }

    /// <summary>The authority's certificate as PEM: what a client has to trust.</summary>
    public string AuthorityPem => _authority.Certificate.ExportCertificatePem() + "\n";

    public SslStreamCertificateContext Current
    {
        get
        {
            if (_time.GetUtcNow().UtcTicks < Volatile.Read(ref _renewAt)) return _current;
            lock (_renewal)
            {
                if (_time.GetUtcNow().UtcTicks >= _renewAt) Renew();
                return _current;
            }
        }
    }

    public void Dispose() => _authority.Certificate.Dispose();

    [MemberNotNull(nameof(_current))]
    private void Renew()
    {
        var now = _time.GetUtcNow();
        var leaf = _authority.SignLeaf(_names, now - CertificateAuthority.Skew, now + LeafLife);

        // Offline: the chain is known, and an admission must never wait for a download of an intermediate.
        _current = SslStreamCertificateContext.Create(leaf, [], offline: true);

        // Last: whoever reads the new time without the lock must find the new leaf.
        Volatile.Write(ref _renewAt, (now + (LeafLife * 2 / 3)).UtcTicks);
    }
}
