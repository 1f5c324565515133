using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Spanhook.Runtime.Tests;

/// <summary>A span as it arrived.</summary>
/// <param name="Kind">As in OTLP: 2 is a server span, 3 a client span.</param>
internal sealed record ReceivedSpan(
    string Name, int Kind, string TraceId, string ParentSpanId, IReadOnlyDictionary<string, string> Attributes, IReadOnlyDictionary<string, string> Resource);

/// <summary>
/// Reads <c>ExportTraceServiceRequest</c> from protobuf's wire format: the dozen fields that a test asks about. Written out,
/// because generated classes for OTLP would be a package, a compiler and a copy of the .proto files for these lines.
/// </summary>
internal static class Otlp
{
    public const int ServerSpan = 2;

    public static IEnumerable<ReceivedSpan> ReadTraces(byte[] message)
    {
        foreach (var resourceSpans in Fields(message).Where(field => field.Number == 1))
        {
            var parts = Fields(resourceSpans.Bytes).ToList();
            var resource = Attributes(parts.Where(field => field.Number == 1).SelectMany(field => Fields(field.Bytes)), number: 1);
            foreach (var scope in parts.Where(field => field.Number == 2))
            {
                foreach (var span in Fields(scope.Bytes).Where(field => field.Number == 2)) yield return Span(span.Bytes, resource);
            }
        }
    }

    /// <summary>Of <c>ExportMetricsServiceRequest</c>: resource_metrics 1, scope_metrics 2, metrics 2, name 1.</summary>
    public static IEnumerable<string> ReadMetricNames(byte[] message) => Below(Below(Below(Below(message, 1), 2), 2), 1).Select(name => Encoding.UTF8.GetString(name.Span));

    private static IEnumerable<ReadOnlyMemory<byte>> Below(ReadOnlyMemory<byte> message, int number) => Fields(message).Where(field => field.Number == number).Select(field => field.Bytes);

    private static IEnumerable<ReadOnlyMemory<byte>> Below(IEnumerable<ReadOnlyMemory<byte>> messages, int number) => messages.SelectMany(message => Below(message, number));

    private static ReceivedSpan Span(ReadOnlyMemory<byte> message, Dictionary<string, string> resource)
    {
        var fields = Fields(message).ToList();
        string Hex(int number) => Convert.ToHexStringLower(fields.LastOrDefault(field => field.Number == number).Bytes.Span);
        return new ReceivedSpan(
            Name: Encoding.UTF8.GetString(fields.LastOrDefault(field => field.Number == 5).Bytes.Span),
            Kind: (int)fields.LastOrDefault(field => field.Number == 6).Scalar,
            TraceId: Hex(1), ParentSpanId: Hex(4), Attributes: Attributes(fields, number: 9), Resource: resource);
    }

    private static Dictionary<string, string> Attributes(IEnumerable<Field> fields, int number)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in fields.Where(field => field.Number == number))
        {
            var parts = Fields(pair.Bytes).ToList();
            // Add, not the indexer: an attribute that comes twice is a finding.
            attributes.Add(Encoding.UTF8.GetString(parts.Single(field => field.Number == 1).Bytes.Span), Value(parts.Single(field => field.Number == 2).Bytes));
        }

        return attributes;
    }

    // AnyValue: a string, bool, int or double as text; lists and maps are only named, no test looks into them.
    private static string Value(ReadOnlyMemory<byte> message)
    {
        var value = Fields(message).SingleOrDefault();
        return value.Number switch
        {
            0 => "",
            1 => Encoding.UTF8.GetString(value.Bytes.Span),
            2 => value.Scalar == 0 ? "false" : "true",
            3 => ((long)value.Scalar).ToString(CultureInfo.InvariantCulture),
            4 => BitConverter.UInt64BitsToDouble(value.Scalar).ToString(CultureInfo.InvariantCulture),
            5 => "(array)",
            6 => "(map)",
            _ => "(bytes)",
        };
    }

    private static IEnumerable<Field> Fields(ReadOnlyMemory<byte> message)
    {
        var at = 0;
        while (at < message.Length)
        {
            var tag = Varint(message.Span, ref at);
            var number = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    yield return new Field(number, Varint(message.Span, ref at), default);
                    break;
                case 1:
                    yield return new Field(number, BinaryPrimitives.ReadUInt64LittleEndian(message.Span[at..]), default);
                    at += 8;
                    break;
                case 2:
                    var length = checked((int)Varint(message.Span, ref at));
                    yield return new Field(number, 0, message.Slice(at, length));
                    at += length;
                    break;
                case 5:
                    yield return new Field(number, BinaryPrimitives.ReadUInt32LittleEndian(message.Span[at..]), default);
                    at += 4;
                    break;
                default:
                    throw new InvalidDataException($"wire type {tag & 7} of field {number} at byte {at}");
            }
        }
    }

    private static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = bytes[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }

        throw new InvalidDataException("a varint of more than ten bytes");
    }

    private readonly record struct Field(int Number, ulong Scalar, ReadOnlyMemory<byte> Bytes);
}
