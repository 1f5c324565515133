using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Spanhook.Server.Hosting;

/// <summary>
/// Kestrel's memory in blocks of one TLS record instead of 4 KiB. A review and its answer are larger than 4 KiB, and each block that is
/// begun costs a record, a system call and a wake-up of the reader on the other side.
/// </summary>
internal sealed class RecordSizedMemory : IMemoryPoolFactory<byte>
{
    /// <summary>The payload of one TLS record.</summary>
    private const int BlockSize = 16 * 1024;

    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new Pool();

    private sealed class Pool : MemoryPool<byte>
    {
        // What a burst took is not kept for ever: beyond 1 MiB a returned block is left to the collector.
        private const int Kept = 64;

        private readonly ConcurrentQueue<Block> _free = new();
        private bool _isDisposed;

        public override int MaxBufferSize => BlockSize;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
            return _free.TryDequeue(out var block) ? block : new Block(this);
        }

        protected override void Dispose(bool disposing)
        {
            _isDisposed = true;
            _free.Clear();
        }

        private void Return(Block block)
        {
            if (!_isDisposed && _free.Count < Kept) _free.Enqueue(block);
        }

        // Not pinned for life: a burst's blocks are then young garbage. To dispose of one is to give it back.
        private sealed class Block(Pool pool) : IMemoryOwner<byte>
        {
            public Memory<byte> Memory { get; } = GC.AllocateUninitializedArray<byte>(BlockSize);

            public void Dispose() => pool.Return(this);
        }
    }
}
