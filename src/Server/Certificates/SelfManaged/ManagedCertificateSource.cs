using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spanhook.Server.Certificates.SelfManaged;

/// <summary>
/// The leaf of this replica: signed here, held in memory only, handed over as a swapped reference. It needs no API server to be renewed, only
/// the authority that was chosen last.
/// </summary>
internal sealed class ManagedCertificateSource : ICertificateSource
{
    /// <summary>The wall clock is looked at this often: it jumps when a machine was suspended, and no timer tells.</summary>
    public static readonly TimeSpan Look = TimeSpan.FromMinutes(1);

    private readonly SelfManagedOptions _options;
    private readonly ILogger<ManagedCertificateSource> _logger;
    private readonly TimeProvider _time;
    private readonly Lock _renewal = new();
    private readonly ITimer _timer;
    private volatile Leaf? _leaf;
    private CertificateAuthority? _issuer;
    private long? _failedAt;

    public ManagedCertificateSource(SelfManagedOptions options, ILogger<ManagedCertificateSource> logger, TimeProvider time)
    {
        (_options, _logger, _time) = (options, logger, time);
        _timer = time.CreateTimer(_ => RenewWhenDue(), null, Look, Look);
    }

    /// <summary>The authority that the next leaf will be of.</summary>
    public CertificateAuthority? Issuer
    {
        get
        {
            lock (_renewal) return _issuer;
        }
    }

    /// <summary>The fingerprint of the authority whose leaf is served; null when none is.</summary>
    public string? Served => Valid(_leaf)?.Issuer;

    public X509Certificate2? Presented => Valid(_leaf)?.Context.TargetCertificate;

    /// <exception cref="AuthenticationException">There is none, or it is over and no new one could be made: the handshake is refused.</exception>
    public SslStreamCertificateContext Current
    {
        get
        {
            if (_leaf is not { } leaf || leaf.IsDue(_time.GetUtcNow())) RenewWhenDue();
            return Valid(_leaf)?.Context ?? throw new AuthenticationException("There is no valid serving certificate at the moment");
        }
    }

    /// <summary>Leaves are of this authority from now on. When that cannot sign, the leaf in use stays.</summary>
    public void Use(CertificateAuthority issuer)
    {
        lock (_renewal)
        {
            var isAnother = _issuer?.Fingerprint != issuer.Fingerprint;
            if (!isAnother && _leaf is not null) return;
            if (isAnother) _failedAt = null;
            Renew(issuer);
        }
    }

    /// <summary>Makes a new leaf when two thirds of its life are over, or the clock stands where it is not valid.</summary>
    public void RenewWhenDue()
    {
        lock (_renewal)
        {
            if (_issuer is { } issuer && _leaf?.IsDue(_time.GetUtcNow()) != false) Renew(issuer);
        }
    }

    public void Dispose()
    {
        // A leaf may still serve a connection; the process ends next.
        _timer.Dispose();
    }

    private Leaf? Valid(Leaf? leaf) => leaf is not null && _time.GetUtcNow() < leaf.NotAfter ? leaf : null;

    private void Renew(CertificateAuthority issuer)
    {
        // One that cannot sign would be asked by every handshake.
        if (_failedAt is { } failed && _time.GetElapsedTime(failed) < Look) return;
        try
        {
            _leaf = Sign(issuer);
            (_issuer, _failedAt) = (issuer, null);
            CertificateLog.Serving(_logger, issuer.Fingerprint, _leaf.NotAfter, _leaf.RenewAt);
        }
        catch (CryptographicException e)
        {
            _failedAt = _time.GetTimestamp();
            CertificateLog.KeptLeaf(_logger, _leaf?.NotAfter ?? DateTimeOffset.MinValue, e.Message);
        }
    }

    private Leaf Sign(CertificateAuthority issuer)
    {
        // Valid from the time of the one before, too: should our clock have jumped ahead, it is valid for those whose clock has not.
        var now = _time.GetUtcNow();
        var since = _leaf is { } leaf && leaf.SignedAt < now && now - leaf.SignedAt < _options.LeafLifetime * 2 ? leaf.SignedAt : now;
        var certificate = issuer.SignLeaf(_options.LeafNames, since - CertificateAuthority.Skew, now + _options.LeafLifetime);
        var notAfter = new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
        if (notAfter <= now) throw new CryptographicException($"the authority {issuer.Fingerprint} ended on {issuer.NotAfter:u}");

        // Offline: the chain is known, and an admission must never wait for a download of an intermediate.
        var context = SslStreamCertificateContext.Create(certificate, [], offline: true);
        return new Leaf(context, issuer.Fingerprint, now, certificate.NotBefore.ToUniversalTime(), notAfter);
    }

    private sealed record Leaf(SslStreamCertificateContext Context, string Issuer, DateTimeOffset SignedAt, DateTime NotBefore, DateTimeOffset NotAfter)
    {
        public DateTimeOffset RenewAt { get; } = SignedAt + ((NotAfter - SignedAt) * 2 / 3);

        public bool IsDue(DateTimeOffset now) => now >= RenewAt || (now < SignedAt && now.UtcDateTime < NotBefore);
    }
}
