using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Spanhook.Load.Generating;

/// <summary>What has to come back for a review.</summary>
internal enum Expected
{
    NoPatch,
    Patch,
}

/// <summary>
/// A review as the bytes of an HTTP/1.1 request, made once. Only the uid differs from one to the next: its last twelve digits are the number of
/// the request, written into a copy.
/// </summary>
internal sealed class PreparedReview
{
    private const int Digits = 12;
    private const string Placeholder = "705ab4f5-6393-11e8-b7cc-42010a800002";

    private readonly byte[] _bytes;
    private readonly int _uid;

    /// <param name="body">An AdmissionReview with the uid of <see cref="Support.ReviewBuilder"/>, once.</param>
    /// <param name="expected">What the answer must have.</param>
    /// <param name="keepAlive">False asks the server to close the connection after its answer.</param>
    public PreparedReview(byte[] body, Expected expected, bool keepAlive = true)
    {
        var head = string.Create(CultureInfo.InvariantCulture,
            $"POST /mutate-v1-pod?timeout=2s HTTP/1.1\r\nHost: localhost\r\nUser-Agent: kube-apiserver-admission\r\nAccept: application/json\r\nContent-Type: application/json\r\n{(keepAlive ? "" : "Connection: close\r\n")}Content-Length: {body.Length}\r\n\r\n");
        _bytes = [.. Encoding.ASCII.GetBytes(head), .. body];
        Expected = expected;
        _uid = _bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Placeholder));
        if (_uid < 0) throw new ArgumentException($"the review has no uid {Placeholder}", nameof(body));
    }

    public Expected Expected { get; }

    public int Length => _bytes.Length;

    /// <summary>Where the 36 characters of the uid are in the request.</summary>
    public Range Uid => _uid..(_uid + Placeholder.Length);

    /// <summary>The request with this number, in the buffer, which grows if it must.</summary>
    public ReadOnlySpan<byte> Write(ref byte[] buffer, long number)
    {
        if (buffer.Length < _bytes.Length) buffer = new byte[_bytes.Length];
        _bytes.CopyTo(buffer, 0);
        var digits = buffer.AsSpan(_uid + Placeholder.Length - Digits, Digits);
        Utf8Formatter.TryFormat(number, digits, out _, new('D', Digits));
        return buffer.AsSpan(0, _bytes.Length);
    }
}
