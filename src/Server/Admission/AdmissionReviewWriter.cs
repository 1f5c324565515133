using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Spanhook.Server.Hosting;

namespace Spanhook.Server.Admission;

/// <summary>Writes the answer. It always allows: a webhook that adds tracing never decides whether a pod may run.</summary>
internal static class AdmissionReviewWriter
{
    // The API server cuts a warning at 256 characters and all of them at 4,096.
    private const int MaxWarning = 256;
    private const int MaxWarnings = 16;
    private const int MaxCode = 64;

    /// <param name="output">Where to.</param>
    /// <param name="uid">The uid of the request.</param>
    /// <param name="patch">The JSON patch; empty for none.</param>
    /// <param name="warnings">For whoever created the pod.</param>
    /// <param name="decision">For the audit log; null for nothing.</param>
    public static void Write(IBufferWriter<byte> output, string uid, ReadOnlySpan<byte> patch, IEnumerable<string> warnings, string? decision)
    {
        var json = JsonWriters.Rent(output);
        json.WriteStartObject();
        json.WriteString("apiVersion"u8, "admission.k8s.io/v1"u8);
        json.WriteString("kind"u8, "AdmissionReview"u8);
        json.WriteStartObject("response"u8);
        json.WriteString("uid"u8, uid);
        json.WriteBoolean("allowed"u8, true);
        if (!patch.IsEmpty)
        {
            json.WriteString("patchType"u8, "JSONPatch"u8);
            json.WriteBase64String("patch"u8, patch);
        }

        WriteWarnings(json, warnings);
        if (decision is not null)
        {
            json.WriteStartObject("auditAnnotations"u8);
            json.WriteString("decision"u8, decision);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
        JsonWriters.Return(json);
    }

    /// <summary>Text of ours and of a tenant's, for a terminal or a log: control characters shown, and cut.</summary>
    public static string Clean(string text, int max = MaxWarning)
    {
        if (text.Length <= max && !HasHarmful(text)) return text;
        var clean = new StringBuilder(Math.Min(text.Length, 1024));
        foreach (var c in text)
        {
            if (clean.Length >= max - 6) return clean.Append('…').ToString();
            if (IsHarmful(c)) clean.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else clean.Append(c);
        }

        return clean.ToString();
    }

    /// <summary>A warning as the API server takes it. Of a long one the middle goes: the code at its end is what documentation is searched for.</summary>
    public static string Warning(string message)
    {
        var warning = Clean("spanhook: " + message, int.MaxValue);
        if (warning.Length <= MaxWarning) return warning;
        var code = warning.LastIndexOf(" (", StringComparison.Ordinal) is var at && at > warning.Length - MaxCode ? warning[at..] : "";
        return warning[..(MaxWarning - code.Length - 1)] + "…" + code;
    }

    private static bool HasHarmful(string text)
    {
        foreach (var c in text)
        {
            if (IsHarmful(c)) return true;
        }

        return false;
    }

    // What moves a terminal's cursor, begins a line or turns the direction of text.
    private static bool IsHarmful(char c) =>
        c > '\u007f' ? char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator : c < ' ' || c == '\u007f';

    private static void WriteWarnings(Utf8JsonWriter json, IEnumerable<string> warnings)
    {
        var count = 0;
        foreach (var warning in warnings)
        {
            if (count == MaxWarnings) break;
            if (count++ == 0) json.WriteStartArray("warnings"u8);
            json.WriteStringValue(Warning(warning));
        }

        if (count > 0) json.WriteEndArray();
    }
}
