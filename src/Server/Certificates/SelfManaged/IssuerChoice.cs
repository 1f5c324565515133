namespace Spanhook.Server.Certificates.SelfManaged;

/// <summary>
/// Which authority this replica's leaf is of. Decided here and not by the writer alone: a replica that starts in the middle, or sees the
/// Secret late, must present what the API servers trust already.
/// <code>
/// 1  the current one   when it has been in caBundle for the publish delay, or nothing else that is in caBundle can be served
/// 2  the one in use    while it is in caBundle
/// 3  the next one      when it is in caBundle
/// 4  the one in use, the current one, the next one: nothing is trusted, the writer will put that right
/// </code>
/// </summary>
internal static class IssuerChoice
{
    /// <summary>Null when there is none that can sign.</summary>
    public static CertificateAuthority? Choose(CertificateAuthority? inUse, CaState state, PublishedBundle published, TimeSpan publishDelay, DateTimeOffset now)
    {
        // A clock that was set back does not take the one in use away; another one is only taken when it is valid by our clock.
        var used = inUse?.IsLost(now) == false ? inUse : null;
        var (current, next) = (Able(state.Current, now), Able(state.Next, now));
        var usedIsTrusted = used is not null && published.Contains(used.Fingerprint);
        if (current is not null && published.Contains(current.Fingerprint) && (!usedIsTrusted || published.SeenFor(current.Fingerprint) >= publishDelay)) return current;
        if (usedIsTrusted) return used;
        if (next is not null && published.Contains(next.Fingerprint)) return next;
        return used ?? current ?? next ?? (state.Current?.IsLost(now) == false ? state.Current : null);
    }

    private static CertificateAuthority? Able(CertificateAuthority? authority, DateTimeOffset now) => authority?.CanSign(now) == true ? authority : null;
}
