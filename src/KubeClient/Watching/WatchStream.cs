using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;

namespace Spanhook.KubeClient.Watching;

/// <summary>Why a watch ended.</summary>
internal enum WatchEnd
{
    /// <summary>The server ended it, as asked by timeoutSeconds or because it stops.</summary>
    Closed,

    /// <summary>Nothing came for longer than a living server is silent.</summary>
    Silent,

    /// <summary>The connection broke.</summary>
    Cut,
}

/// <summary>The events of one watch, in pooled buffers; nothing of them outlives the handler.</summary>
internal static class WatchStream
{
    /// <summary>Five times what etcd takes: beyond it, this is no event.</summary>
    public const int MaxEvent = 8 * 1024 * 1024;

    /// <summary>
    /// How long an HTTP/1.1 watch may be silent. The kernel's probes (after 30 s, 45 s in all) find a peer whose host is gone, but not one that
    /// hangs, nor one behind a proxy. A quiet collection has a bookmark after 60 to 75 s only, so its watch is opened anew before: one request, no list.
    /// </summary>
    public static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(50);

    /// <summary>The same over HTTP/2, where pings (45 s in all) prove that the server itself lives: longer than its bookmarks are apart.</summary>
    public static readonly TimeSpan MaxSilenceWithPings = TimeSpan.FromSeconds(90);

    private static readonly StreamPipeReaderOptions Pipe = new(bufferSize: 16 * 1024);

    /// <param name="response">Its body is read to the end.</param>
    /// <param name="handle">Given each line; what it throws ends the watch.</param>
    /// <param name="time">For the silence.</param>
    /// <param name="cancellation">Ends it with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="JsonException">A line is too long to be an event.</exception>
    public static async Task<WatchEnd> ReadAsync(HttpResponseMessage response, Action<ReadOnlySequence<byte>> handle, TimeProvider time, CancellationToken cancellation)
    {
        var silence = response.Version.Major >= 2 ? MaxSilenceWithPings : MaxSilence;
        using var timer = new CancellationTokenSource(System.Threading.Timeout.InfiniteTimeSpan, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timer.Token);
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        var pipe = PipeReader.Create(body, Pipe);
        try
        {
            while (true)
            {
                timer.CancelAfter(silence);
                var result = await pipe.ReadAsync(either.Token);
                var rest = HandleLines(result.Buffer, handle);
                if (rest.Length > MaxEvent) throw new JsonException($"an event is longer than {MaxEvent} bytes");
                pipe.AdvanceTo(rest.Start, rest.End);
                if (result.IsCompleted) return rest.IsEmpty ? WatchEnd.Closed : WatchEnd.Cut;
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return WatchEnd.Silent;
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return WatchEnd.Cut;
        }
        finally
        {
            await pipe.CompleteAsync();
        }
    }

    private static ReadOnlySequence<byte> HandleLines(ReadOnlySequence<byte> buffer, Action<ReadOnlySequence<byte>> handle)
    {
        while (buffer.PositionOf((byte)'\n') is { } end)
        {
            var line = buffer.Slice(0, end);
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            if (line.Length > 1) handle(line);
        }

        return buffer;
    }
}
