using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Spanhook.Server.Reporting.Publishing;

/// <summary>
/// A report as a key of the ConfigMap holds it: JSON, compressed, since an object has one MiB for the counts of all replicas. To be read with
/// <c>kubectl -n spanhook get configmap spanhook-reports -o jsonpath='{.binaryData.past}' | base64 -d | zcat</c>.
/// </summary>
internal static class ReportText
{
    /// <summary>Of one key. Five of them fit the object.</summary>
    public const int Longest = 192 * 1024;

    private const int LongestJson = 16 * 1024 * 1024;

    public static byte[] Write<T>(T report, JsonTypeInfo<T> type)
    {
        using var text = new MemoryStream();
        using (var compressed = new GZipStream(text, CompressionLevel.Optimal)) JsonSerializer.Serialize(compressed, report, type);
        return text.ToArray();
    }

    /// <summary>False when it is nothing of ours.</summary>
    public static bool TryRead<T>(byte[]? text, JsonTypeInfo<T> type, [NotNullWhen(true)] out T? report)
        where T : class
    {
        report = null;
        if (text is null) return false;
        try
        {
            using var compressed = new GZipStream(new MemoryStream(text), CompressionMode.Decompress);
            using var json = new MemoryStream();
            var part = new byte[16 * 1024];
            for (int read; (read = compressed.Read(part)) > 0;)
            {
                if (json.Length + read > LongestJson) return false;
                json.Write(part, 0, read);
            }

            report = JsonSerializer.Deserialize(json.GetBuffer().AsSpan(0, (int)json.Length), type);
            return report is not null;
        }
        catch (Exception e) when (e is InvalidDataException or JsonException)
        {
            return false;
        }
    }
}
