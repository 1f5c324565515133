using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Spanhook.Load.Pods;

namespace Spanhook.Load.Serving;

/// <summary>Asks with one pod again and again, to see when a change of the cluster is felt in its patch.</summary>
internal sealed class PatchProbe(Webhook webhook) : IDisposable
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(10);

    private readonly HttpClient _client = webhook.Trust.Client(TimeSpan.FromSeconds(10));
    private readonly byte[] _review = LoadReviews.Asking("true");

    /// <summary>How long it took until the patch had that text.</summary>
    /// <exception cref="InvalidOperationException">It had not within that time.</exception>
    public async Task<TimeSpan> UntilHasAsync(string text, TimeSpan patience, CancellationToken cancellation)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!(await PatchAsync(cancellation)).Contains(text, StringComparison.Ordinal))
        {
            if (TimeProvider.System.GetElapsedTime(start) > patience) throw new InvalidOperationException($"a change was not felt within {patience.TotalSeconds:0} s");
            await Task.Delay(Between, cancellation);
        }

        return TimeProvider.System.GetElapsedTime(start);
    }

    /// <summary>The patch as text; empty when there is none.</summary>
    public async Task<string> PatchAsync(CancellationToken cancellation)
    {
        using var content = new ByteArrayContent(_review);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await _client.PostAsync(new Uri(webhook.Process.Address, "/mutate-v1-pod"), content, cancellation);
        response.EnsureSuccessStatusCode();
        using var answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellation));
        return answer.RootElement.GetProperty("response").TryGetProperty("patch", out var patch) ? Encoding.UTF8.GetString(patch.GetBytesFromBase64()) : "";
    }

    public void Dispose() => _client.Dispose();
}
