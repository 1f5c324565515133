namespace Spanhook.Server.Certificates.SelfManaged;

/// <summary>The last authorities that could sign. When the Secret loses them, every running replica still has them.</summary>
internal sealed class CaMemory
{
    private CaState? _last;

    public void Remember(CaState state)
    {
        if (state.Current?.HasKey == true || (state.Current is null && state.Next?.HasKey == true)) _last = state;
    }

    /// <summary>
    /// The Secret's state with what it lost put back. Whatever of it is good counts; a pair that somebody else put there is taken, and ours stays
    /// trusted until it is retired.
    /// </summary>
    public CaState Complete(CaState read, PublishedBundle published)
    {
        if (_last?.Current is not { HasKey: true } ours) return read.Current is null && read.Next is null && _last is not null ? _last : read;
        if (read.Current?.HasKey == true) return read.WithPrevious([ours.Certificate]);
        if (read.Next?.HasKey == true && read.Trusts(ours.Fingerprint) && read.Current?.Fingerprint != ours.Fingerprint) return read;

        // Others may have rotated since we last looked: what they published stays trusted.
        var restored = read with { Current = ours, Next = read.Next?.HasKey == true ? read.Next : _last.Next };
        return restored.WithPrevious(_last.Previous).WithPrevious(read.Current is null ? [] : [read.Current.Certificate]).WithPrevious(published.Certificates);
    }
}
