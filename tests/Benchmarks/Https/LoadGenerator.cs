using System.Diagnostics;
using System.Net.Http.Headers;

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
        using var body = new ByteArrayContent(review);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await _client.PostAsync(url, body);
        response.EnsureSuccessStatusCode();
        var answer = await response.Content.ReadAsByteArrayAsync();
        if (answer.Length < minimum) throw new InvalidOperationException($"{url.AbsolutePath} answered only {answer.Length} bytes: {System.Text.Encoding.UTF8.GetString(answer)}");
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
