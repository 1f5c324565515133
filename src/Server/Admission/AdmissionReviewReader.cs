using System.Buffers;
using System.Text.Json;
using Spanhook.Api;

namespace Spanhook.Server.Admission;

/// <summary>An AdmissionReview that was read, or why it was not. Dispose gives the document's memory back.</summary>
/// <param name="Document">The document; null when it is refused.</param>
/// <param name="Uid">The request's uid, which any answer needs.</param>
/// <param name="Problem">What is wrong, for people; null when nothing is.</param>
internal readonly record struct ReadReview(JsonDocument? Document, string? Uid, string? Problem) : IDisposable
{
    /// <summary>Undefined when there is no document.</summary>
    public JsonElement Request { get; init; }

    public void Dispose() => Document?.Dispose();
}

/// <summary>Reads an AdmissionReview in place. Keys that stand twice are looked for when a pod is patched (<see cref="AmbiguousJson"/>).</summary>
internal static class AdmissionReviewReader
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64 };

    public static ReadReview Read(in ReadOnlySequence<byte> body)
    {
        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(body, Strict);
            var request = document.RootElement.Member("request"u8);
            var uid = request.Text("uid"u8);
            if (Problem(document.RootElement, request, uid) is not { } problem) return new(document, uid, null) { Request = request };
            document.Dispose();
            return new(null, null, problem);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Whoever can be answered is answered: an object that we do not read is no reason to keep a pod from starting.
            // InvalidOperationException is half a surrogate pair in a name, which System.Text.Json notices when names are compared.
            document?.Dispose();
            return new(null, FindUid(body), $"the body is not JSON that can be read: {e.Message}");
        }
    }

    /// <summary>Finds <c>request.uid</c> without reading the rest; null when it is not there or the text before it is no JSON.</summary>
    public static string? FindUid(in ReadOnlySequence<byte> body)
    {
        try
        {
            // The depth costs one bit a level, and the reader stops at the uid.
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = int.MaxValue });
            var inRequest = false;
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName) continue;
                if (reader.CurrentDepth == 1) inRequest = reader.ValueTextEquals("request"u8);
                if (!inRequest || reader.CurrentDepth != 2 || !reader.ValueTextEquals("uid"u8)) continue;
                return reader.Read() && reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: > 0 } uid ? uid : null;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }

        return null;
    }

    private static string? Problem(JsonElement root, JsonElement request, string? uid)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TextEquals("kind"u8, "AdmissionReview"u8)) return "the body is no AdmissionReview";
        if (!root.TextEquals("apiVersion"u8, "admission.k8s.io/v1"u8))
            return $"apiVersion '{Shorten(root.Text("apiVersion"u8))}' is not supported: set admissionReviewVersions: [v1] in the webhook configuration";
        if (request.ValueKind != JsonValueKind.Object) return "the AdmissionReview has no request";
        return uid is { Length: > 0 } ? null : "the request has no uid, so that it cannot be answered";
    }

    private static string Shorten(string? text) => text is null ? "" : text.Length <= 64 ? text : text[..64];
}
