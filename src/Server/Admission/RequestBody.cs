using System.IO.Pipelines;

namespace Spanhook.Server.Admission;

/// <summary>Waits for a whole body.</summary>
internal static class RequestBody
{
    /// <summary>
    /// For a whole body; the API server itself waits two seconds. A rate alone is no limit: who sends a lot at once may then rest for hours above
    /// the rate, and what was sent is held in memory all the while.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The body as far as it came in one piece, not consumed; incomplete when it took too long.</summary>
    public static ValueTask<ReadResult> ReadAsync(PipeReader reader, TimeProvider time, CancellationToken cancellation)
    {
        // Most often everything is there with the headers: no timer then.
        while (true)
        {
            var read = reader.ReadAsync(cancellation);
            if (!read.IsCompletedSuccessfully) return WaitAsync(reader, read, time, cancellation);
            var result = read.Result;
            if (result.IsCompleted || result.IsCanceled) return ValueTask.FromResult(result);
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private static async ValueTask<ReadResult> WaitAsync(PipeReader reader, ValueTask<ReadResult> read, TimeProvider time, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(Patience, time);
        using var onLate = late.Token.UnsafeRegister(static r => ((PipeReader)r!).CancelPendingRead(), reader);
        while (true)
        {
            var result = await read;
            if (result.IsCompleted || result.IsCanceled) return result;
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            read = reader.ReadAsync(cancellation);
        }
    }
}
