using System.Text.Json;
using Spanhook.Api;
using Spanhook.Api.Meta;

namespace Spanhook.KubeClient.Connection;

/// <summary>Reads why a request was refused: a Status of Kubernetes, or whatever a proxy in between wrote.</summary>
internal static class ErrorBody
{
    private const int MaxBytes = 64 * 1024;
    private const int MaxShown = 300;

    public static async Task<ApiServerException> ReadAsync(HttpResponseMessage response, string what, TimeProvider time, CancellationToken cancellation)
    {
        var code = (int)response.StatusCode;
        var body = await ReadAsync(response, cancellation);
        return ApiServerException.From(Parse(body), code, what, RetryAfter(response, time));
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var buffer = new byte[MaxBytes];
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
            var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
            return buffer.AsMemory(0, length);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return default; // the status alone has to do
        }
    }

    private static Status Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            if (JsonSerializer.Deserialize(body.Span, ApiJsonContext.Default.Status) is { } status) return status;
        }
        catch (JsonException)
        {
            // Plain text, such as "404 page not found".
        }

        var text = System.Text.Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, MaxShown)]);
        return new Status { Message = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim() };
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider time) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > time.GetUtcNow() => date - time.GetUtcNow(),
        _ => null,
    };
}
