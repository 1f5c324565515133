using System.Globalization;
using System.Security.Cryptography;

namespace Spanhook.Server.Certificates.SelfManaged;

/// <summary>What the writer does to the authorities.</summary>
internal enum CaChange
{
    None,

    /// <summary>There was none: the first.</summary>
    Made,

    /// <summary>The Secret lost what this replica still has.</summary>
    Restored,

    /// <summary>A next one beside the current one.</summary>
    Started,

    /// <summary>A next one, because no other can sign.</summary>
    Replaced,

    /// <summary>The next one becomes the current one.</summary>
    Promoted,

    /// <summary>Those before are trusted no more.</summary>
    Retired,
}

internal readonly record struct CaStep(CaChange Change, CaState State);

/// <summary>
/// The rotation, one step at a time, decided from the Secret, the webhook configuration and the time since this replica saw them so. Whoever
/// writes next comes to the same step.
/// <code>
/// what can sign        phase       and                                        step
/// none                 steady      nothing is trusted, nothing is published   Made: sign with a new one at once
/// none                 any                                                    Replaced: publish a new one; what is published stays trusted
/// current              steady      two thirds of its life are over, or asked  Started: publish a new one
/// current, next        publishing  next seen in caBundle ≥ publish delay      Promoted: sign with it
/// current              retiring    every replica serves it, ≥ retire delay    Retired: the old ones leave caBundle
/// </code>
/// </summary>
internal sealed class CaRotation(SelfManagedOptions options, TimeProvider time)
{
    private string _retiring = "";
    private long _retiringSince;

    /// <param name="state">As it stands.</param>
    /// <param name="published">As read after it; without a fresh look nothing is decided.</param>
    /// <param name="reports">Of the replicas.</param>
    /// <param name="asked">Somebody wants a rotation now.</param>
    public CaStep Decide(CaState state, PublishedBundle published, ReplicaReports reports, bool asked)
    {
        var retiringFor = RetiringFor(state);
        var now = time.GetUtcNow();
        if (!published.IsFresh) return new(CaChange.None, state);
        if (state.Next is { } next)
        {
            if (next.IsLost(now)) return Replace(state, published, now);
            return published.SeenFor(next.Fingerprint) >= options.CaPublishDelay ? Promote(state, next) : new(CaChange.None, state);
        }

        if (state.Current is not { } current || current.IsLost(now)) return MakeOrReplace(state, published, now);
        if (now >= current.RenewAt || (asked && state.Phase == CaPhase.Steady)) return new(CaChange.Started, state with { Next = Make(now) });
        var retired = state.Phase == CaPhase.Retiring && reports.AllServe(current.Fingerprint)
            && retiringFor >= options.CaRetireDelay && published.SeenFor(current.Fingerprint) >= options.CaRetireDelay;
        return retired ? new(CaChange.Retired, state with { Previous = [] }) : new(CaChange.None, state);
    }

    private CaStep MakeOrReplace(CaState state, PublishedBundle published, DateTimeOffset now)
    {
        // With nobody who could have a leaf of another one there is nothing to wait for.
        var isFirst = state.Trusted.Count == 0 && published.Certificates.Count == 0;
        return isFirst ? new(CaChange.Made, state with { Current = Make(now) }) : Replace(state, published, now);
    }

    // Other replicas may serve leaves of what is published, though its key is lost: it stays trusted until they have changed.
    private CaStep Replace(CaState state, PublishedBundle published, DateTimeOffset now)
    {
        var before = state.Next is null ? [] : new[] { state.Next.Certificate };
        return new(CaChange.Replaced, (state with { Next = Make(now) }).WithPrevious(before.Concat(published.Certificates)));
    }

    private static CaStep Promote(CaState state, CertificateAuthority next)
    {
        var promoted = state with { Current = next, Next = null };
        return new(CaChange.Promoted, state.Current is null ? promoted : promoted.WithPrevious([state.Current.Certificate]));
    }

    private CertificateAuthority Make(DateTimeOffset now) =>
        CertificateAuthority.Make(string.Create(CultureInfo.InvariantCulture, $"spanhook authority {now:yyyy-MM-dd} {RandomNumberGenerator.GetHexString(8, lowercase: true)}"), now, options.CaLifetime);

    private TimeSpan RetiringFor(CaState state)
    {
        var which = state.Phase == CaPhase.Retiring ? string.Join(' ', state.Trusted.Select(CertificateAuthority.FingerprintOf)) : "";
        if (which != _retiring) (_retiring, _retiringSince) = (which, time.GetTimestamp());
        return which.Length == 0 ? TimeSpan.Zero : time.GetElapsedTime(_retiringSince);
    }
}
