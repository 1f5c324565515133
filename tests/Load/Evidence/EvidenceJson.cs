using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Spanhook.Load.Generating;
using Spanhook.Load.Scenarios;

namespace Spanhook.Load.Evidence;

/// <summary>Every latency of every run: per histogram the buckets that hold any, as the highest value in microseconds and the count.</summary>
internal static class EvidenceJson
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(ScenarioSummary summary)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            json.WriteString("scenario", summary.Scenario.Name);
            json.WriteString("unit", "microseconds");
            json.WriteStartArray("runs");
            foreach (var run in summary.Runs) Write(json, run);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static void Write(Utf8JsonWriter json, ScenarioResult run)
    {
        json.WriteStartObject();
        foreach (var (name, histogram) in run.Histograms)
        {
            json.WriteStartObject(name.TrimEnd(':'));
            json.WriteNumber("count", histogram.Count);
            json.WriteNumber("max", histogram.Max);
            json.WriteNumber("mean", Math.Round(histogram.Mean, 1));
            Write(json, histogram);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Histogram histogram)
    {
        json.WriteStartArray("buckets");
        foreach (var (highest, count) in histogram.Buckets)
        {
            json.WriteStartArray();
            json.WriteNumberValue(highest);
            json.WriteNumberValue(count);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }
}
