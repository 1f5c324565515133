using Spanhook.Server.Hosting;

namespace Spanhook.Server.Admission;

/// <summary>
/// How much memory the bodies of all requests may take together. Without it, a hundred clients that send 8 MiB each and stop before the last byte
/// would end a process whose pod may have 256 MiB. Small bodies, as nearly all are, are not counted and always have room.
/// </summary>
internal sealed class BodyMemory(IdleMemory idle)
{
    /// <summary>In bytes, of the counted ones.</summary>
    public const long Most = 64 * 1024 * 1024;

    /// <summary>Up to this size a body is not counted.</summary>
    public const long Small = 64 * 1024;

    private long _held;

    public long Held => Interlocked.Read(ref _held);

    /// <summary>Makes room for a body that has grown; false when there is none, and the caller keeps what it held.</summary>
    /// <param name="held">What the body holds so far.</param>
    /// <param name="length">How long it is now.</param>
    public bool TryGrow(ref long held, long length)
    {
        if (length <= Small || length <= held) return true;
        var more = length - held;
        if (Interlocked.Add(ref _held, more) > Most)
        {
            Interlocked.Add(ref _held, -more);
            return false;
        }

        held = length;
        return true;
    }

    /// <summary>Gives back what a body held.</summary>
    public void Release(long held)
    {
        if (held > 0) Interlocked.Add(ref _held, -held);
        if (held >= LargeReviews.From) idle.Note();
    }
}
