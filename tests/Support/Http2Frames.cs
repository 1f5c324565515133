using System.Buffers.Binary;

namespace Spanhook.Support;

/// <summary>HTTP/2 by hand (RFC 9113), for what no client library sends.</summary>
public static class Http2Frames
{
    // POST /mutate-v1-pod as HPACK: two fields of its static table, two with a value of their own.
    private static readonly byte[] Post = [0x83, 0x87, 0x04, 14, .. "/mutate-v1-pod"u8, 0x01, 9, .. "localhost"u8];

    /// <summary>What a client says first.</summary>
    public static byte[] Preface { get; } = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Settings()];

    public static byte[] Settings() => Frame(0x4, 0, 0, []);

    public static byte[] Ping() => Frame(0x6, 0, 0, new byte[8]);

    /// <summary>A request whose body is still to come.</summary>
    public static byte[] Request(int stream) => Frame(0x1, EndHeaders, stream, Post);

    public static byte[] Reset(int stream) => Frame(0x3, 0, stream, [0, 0, 0, 8]);

    /// <summary>Headers that go on in further frames.</summary>
    public static byte[] UnfinishedRequest(int stream) => Frame(0x1, 0, stream, Post);

    /// <summary>One more header of <paramref name="size"/> bytes, and not the last.</summary>
    public static byte[] Continuation(int stream, byte size) => Frame(0x9, 0, stream, [0x00, 1, (byte)'x', size, .. Enumerable.Repeat((byte)'y', size)]);

    private const byte EndHeaders = 0x4;

    private static byte[] Frame(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame, ((uint)payload.Length << 8) | type);
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }
}
