using System.Buffers;
using System.Diagnostics;
using System.Net.Http.Headers;
using Spanhook.Support;

namespace Spanhook.Benchmarks.Https;

/// <summary>How many reviews were answered, and in what time.</summary>
internal readonly record struct LoadResult(int Requests, TimeSpan Elapsed)
{
    public double PerSecond => Requests / Elapsed.TotalSeconds;
}

/// <summary>A closed loop: each of a few keep-alive connections asks again as soon as it was answered. HTTP/1.1 over TLS.</summary>
internal sealed class LoadGenerator : IDisposable
{
    private const int Connections = 8;

#pragma warning disable CA5359 // the servers make their certificate when they start, and nobody is between two processes on the loopback device
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        MaxConnectionsPerServer = Connections,
        SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
    })
    { Timeout = TimeSpan.FromSeconds(10) };
#pragma warning restore CA5359

    /// <summary>Asks until the time is over; every answer must be a 200 of at least <paramref name="minimum"/> bytes.</summary>
    public async Task<LoadResult> RunAsync(Uri url, byte[] review, TimeSpan duration, int minimum)
    {
        var watch = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            var count = 0;
            for (; watch.Elapsed < duration; count++) await AskAsync(url, review, minimum);
            return count;
        }));
        return new LoadResult(counts.Sum(), watch.Elapsed);
    }

    /// <summary>One question, one answer.</summary>
    public async Task AskAsync(Uri url, byte[] review, int minimum)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(review) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        // Read as it comes and thrown away: collecting and copying an answer would cost as much again as making it, on the same cores.
        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        var length = await DiscardAsync(await response.Content.ReadAsStreamAsync());
        if (length < minimum) throw new InvalidOperationException($"{url.AbsolutePath} answered only {length} bytes");
    }

    private static async Task<int> DiscardAsync(Stream answer)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            var length = 0;
            while (await answer.ReadAsync(buffer) is > 0 and var read) length += read;
            return length;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Asks until there is a first answer, and returns when that was.</summary>
    public async Task<TimeSpan> FirstAnswerAsync(ServerProcess server, Uri url, byte[] review, int minimum, Stopwatch sinceStart)
    {
        while (true)
        {
            try
            {
                await AskAsync(url, review, minimum);
                return sinceStart.Elapsed;
            }
            catch (HttpRequestException) when (sinceStart.Elapsed < TimeSpan.FromSeconds(20))
            {
                server.ThrowIfEnded();
                await Task.Delay(2);
            }
        }
    }

    public void Dispose() => _client.Dispose();
}
