using System.Buffers;
using System.IO.Pipelines;

namespace Spanhook.Server.Admission;

/// <summary>How the wait for a body ended.</summary>
internal enum BodyEnd
{
    Complete,

    /// <summary>It took longer than <see cref="RequestBody.Patience"/>.</summary>
    TooSlow,

    /// <summary>The bodies of all requests together are too large.</summary>
    NoRoom,
}

/// <summary>A body as far as it came, in one piece, not consumed.</summary>
/// <param name="Bytes">What came.</param>
/// <param name="End">Whether that is all.</param>
/// <param name="Held">For <see cref="BodyMemory.Release"/>.</param>
internal readonly record struct ReceivedBody(ReadOnlySequence<byte> Bytes, BodyEnd End, long Held);

/// <summary>Waits for whole bodies.</summary>
internal sealed class RequestBody(BodyMemory memory, TimeProvider time)
{
    /// <summary>
    /// For a whole body; the API server itself waits two seconds. A rate alone is no limit: who sends a lot at once may then rest for hours above
    /// the rate, and what was sent is held in memory all the while.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public ValueTask<ReceivedBody> ReadAsync(PipeReader reader, CancellationToken cancellation)
    {
        // Most often everything is there with the headers: no timer then.
        var held = 0L;
        try
        {
            while (true)
            {
                var read = reader.ReadAsync(cancellation);
                if (!read.IsCompletedSuccessfully) return WaitAsync(reader, read, held, cancellation);
                var result = read.Result;
                if (Received(result, ref held) is { } body) return ValueTask.FromResult(body);
                reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            }
        }
        catch
        {
            memory.Release(held);
            throw;
        }
    }

    public void Release(in ReceivedBody body) => memory.Release(body.Held);

    private async ValueTask<ReceivedBody> WaitAsync(PipeReader reader, ValueTask<ReadResult> read, long held, CancellationToken cancellation)
    {
        var isReceived = false;
        using var late = new CancellationTokenSource(Patience, time);
        using var onLate = late.Token.UnsafeRegister(static r => ((PipeReader)r!).CancelPendingRead(), reader);
        try
        {
            while (true)
            {
                var result = await read;
                if (Received(result, ref held) is { } body)
                {
                    isReceived = true;
                    return body;
                }

                reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                read = reader.ReadAsync(cancellation);
            }
        }
        finally
        {
            // The client went away, or sent more than is allowed.
            if (!isReceived) memory.Release(held);
        }
    }

    // Null while more is to come.
    private ReceivedBody? Received(in ReadResult result, ref long held)
    {
        if (!memory.TryGrow(ref held, result.Buffer.Length)) return new(result.Buffer, BodyEnd.NoRoom, held);
        if (result.IsCompleted) return new(result.Buffer, BodyEnd.Complete, held);
        return result.IsCanceled ? new(result.Buffer, BodyEnd.TooSlow, held) : null;
    }
}
