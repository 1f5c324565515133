using System.Buffers;
using System.Globalization;
using System.Text;
using Spanhook.Server.Hosting;

namespace Spanhook.Server.Telemetry;

/// <summary>
/// Lines on their way to a stream, written in batches: a write for every line is most of what a line costs. Who adds a line never waits for the
/// stream; when nobody reads it, lines are dropped and counted, for an admission must not wait for its log.
/// </summary>
internal sealed class LineQueue : IDisposable
{
    /// <summary>How much may wait, in bytes.</summary>
    public const int Capacity = 1 << 20;

    /// <summary>How long a line waits for others.</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly Lock _writing = new();
    private readonly Stream _output;
    private readonly ITimer _timer;
    private PooledBufferWriter _waiting = new(4096);
    private long _dropped;

    public LineQueue(Stream output, TimeProvider time)
    {
        _output = output;
        _timer = time.CreateTimer(static queue => ((LineQueue)queue!).Flush(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <param name="line">With its line break.</param>
    /// <param name="isUrgent">Does not wait for others.</param>
    public void Add(ReadOnlySpan<byte> line, bool isUrgent)
    {
        lock (_gate)
        {
            if (_waiting.WrittenCount + line.Length > Capacity)
            {
                _dropped++;
                return;
            }

            if (isUrgent || _waiting.WrittenCount == 0) _timer.Change(isUrgent ? TimeSpan.Zero : Delay, Timeout.InfiniteTimeSpan);
            _waiting.Write(line);
        }
    }

    /// <summary>Writes what waits.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        Flush();
    }

    private void Flush()
    {
        lock (_writing)
        {
            using var lines = Take();
            try
            {
                _output.Write(lines.WrittenSpan);
                _output.Flush();
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // Nobody reads any more, and there is no other place to say so.
            }
        }
    }

    private PooledBufferWriter Take()
    {
        lock (_gate)
        {
            var lines = _waiting;
            if (_dropped > 0)
                lines.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"level\":\"Warning\",\"message\":\"{_dropped} lines were dropped: they are not read fast enough\",\"dropped\":{_dropped}}}\n")));
            _dropped = 0;
            _waiting = new PooledBufferWriter(4096);
            return lines;
        }
    }
}
