using System.Net;
using System.Net.Sockets;

namespace Spanhook.Load.Abuse;

/// <summary>In which part of a request time is wasted.</summary>
internal enum SlowPart
{
    Handshake,
    Headers,
    Body,
}

/// <summary>One byte a second, for as long as the server lets it.</summary>
internal static class SlowConnection
{
    private static readonly byte[] Headers = "POST /mutate-v1-pod HTTP/1.1\r\nHost: localhost\r\nX-Slow: yes\r\nContent-Type: application/json\r\n"u8.ToArray();
    private static readonly byte[] Body = [.. Headers, .. "Content-Length: 100000\r\n\r\n"u8];

    // The record header and length of a ClientHello that is never finished.
    private static readonly byte[] Hello = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03];

    /// <summary>How long the server let it; null when longer than the patience, and when it was not let in at all.</summary>
    public static async Task<(TimeSpan? Held, bool WasRefused)> RunAsync(IPEndPoint server, SlowPart part, TimeSpan patience, CancellationToken cancellation)
    {
        Stream? stream = null;
        try
        {
            stream = part == SlowPart.Handshake
                ? new NetworkStream(await RawConnection.TcpAsync(server, cancellation), ownsSocket: true)
                : await RawConnection.TryTlsAsync(server, null, cancellation);
            if (stream is null) return (null, true);
            var start = TimeProvider.System.GetTimestamp();
            var isOver = RawConnection.EndsAsync(stream, patience, cancellation);
            await DripAsync(stream, part, isOver, cancellation);
            return (await isOver ? TimeProvider.System.GetElapsedTime(start) : null, false);
        }
        catch (SocketException)
        {
            return (null, true);
        }
        finally
        {
            if (stream is not null) await stream.DisposeAsync();
        }
    }

    private static async Task DripAsync(Stream stream, SlowPart part, Task<bool> isOver, CancellationToken cancellation)
    {
        var bytes = part == SlowPart.Handshake ? Hello : Headers;
        try
        {
            if (part == SlowPart.Body) await stream.WriteAsync(Body, cancellation);
            for (var i = 0; !isOver.IsCompleted; i++)
            {
                await stream.WriteAsync(bytes.AsMemory(i % bytes.Length, 1), cancellation);
                await Task.WhenAny(isOver, Task.Delay(1000, cancellation));
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // The server has ended it, which the reader sees too.
        }
    }
}
