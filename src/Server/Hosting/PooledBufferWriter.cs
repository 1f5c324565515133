using System.Buffers;

namespace Spanhook.Server.Hosting;

/// <summary>A buffer writer over a pooled array, for one request. Dispose gives the array back.</summary>
/// <param name="initialSize">In bytes.</param>
/// <param name="limit">Who goes on writing beyond this many bytes gets a <see cref="BufferLimitException"/>: what is too much need not be made.</param>
internal sealed class PooledBufferWriter(int initialSize, int limit = int.MaxValue) : IBufferWriter<byte>, IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(initialSize);

    public int WrittenCount { get; private set; }
    public ReadOnlySpan<byte> WrittenSpan => _buffer.AsSpan(0, WrittenCount);
    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, WrittenCount);

    public void Clear() => WrittenCount = 0;

    public void Advance(int count) => WrittenCount += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _buffer.AsMemory(WrittenCount);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _buffer.AsSpan(WrittenCount);
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private void Grow(int sizeHint)
    {
        // What was written counts, not what is asked for: a writer asks for more than it uses.
        if (WrittenCount > limit) throw new BufferLimitException();
        var needed = WrittenCount + Math.Max(sizeHint, 1);
        if (needed <= _buffer.Length) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _buffer.Length * 2));
        WrittenSpan.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}

/// <summary>More was written than a <see cref="PooledBufferWriter"/> may hold.</summary>
internal sealed class BufferLimitException : Exception;
