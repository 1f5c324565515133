using System.Buffers.Text;

namespace Spanhook.Load.Generating;

/// <summary>An HTTP/1.1 response with a known length, in the buffer of its connection until the next one.</summary>
internal readonly ref struct Answer(int status, bool closes, ReadOnlySpan<byte> body)
{
    public int Status { get; } = status;

    /// <summary>The server wants the connection closed.</summary>
    public bool Closes { get; } = closes;

    public ReadOnlySpan<byte> Body { get; } = body;

    public bool HasPatch => Body.IndexOf("\"patch\":\""u8) >= 0;

    /// <summary>The server had no time for this pod and said so; that is an answer, and a good one.</summary>
    public bool IsOverloaded => Body.IndexOf("overloaded"u8) >= 0;

    /// <summary>What is wrong with it as the answer to that request; null when nothing is.</summary>
    public string? Problem(ReadOnlySpan<byte> uid, Expected expected)
    {
        if (Status != 200) return $"status {Status}";
        if (Body.IndexOf("\"kind\":\"AdmissionReview\""u8) < 0) return "no AdmissionReview";
        if (Body.IndexOf("\"uid\":\""u8) is var at && (at < 0 || !Body[(at + 7)..].StartsWith(uid))) return "another uid";
        if (Body.IndexOf("\"allowed\":true"u8) < 0) return "not allowed";
        if (expected == Expected.Patch && !HasPatch) return IsOverloaded ? null : "no patch";
        return expected == Expected.NoPatch && HasPatch ? "a patch that nobody asked for" : null;
    }

    /// <summary>Reads the head of a response: its status, whether the connection ends, the length of head and body.</summary>
    public static bool TryReadHead(ReadOnlySpan<byte> received, out (int Status, bool Closes, int Head, int Body) head)
    {
        head = default;
        var end = received.IndexOf("\r\n\r\n"u8);
        if (end < 0) return false;
        var lines = received[..(end + 2)];
        if (!lines.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(lines[9..], out int status, out _)) throw new InvalidDataException("the answer is no HTTP/1.1");
        var (length, closes) = (-1, false);
        while (lines.IndexOf("\r\n"u8) is var next and >= 0)
        {
            var line = lines[..next];
            lines = lines[(next + 2)..];
            if (Value(line, "content-length:"u8) is { IsEmpty: false } number) length = Utf8Parser.TryParse(number, out int parsed, out _) ? parsed : -1;
            else if (Value(line, "connection:"u8) is { IsEmpty: false } option) closes = Ascii(option, "close"u8);
        }

        if (length < 0) throw new InvalidDataException($"the answer with status {status} has no Content-Length");
        head = (status, closes, end + 4, length);
        return true;
    }

    private static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name) =>
        line.Length > name.Length && Ascii(line[..name.Length], name) ? line[name.Length..].Trim((byte)' ') : default;

    private static bool Ascii(ReadOnlySpan<byte> text, ReadOnlySpan<byte> other) => System.Text.Ascii.EqualsIgnoreCase(text, other);
}
