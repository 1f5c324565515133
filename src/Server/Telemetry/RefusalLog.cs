namespace Spanhook.Server.Telemetry;

/// <summary>
/// One line per refused request, but few in a second: whoever reaches the port can have as many refused as they like, and must not be able to
/// push other lines out of the log. The next line tells how many had none.
/// </summary>
internal sealed class RefusalLog(ILogger<RefusalLog> logger, TimeProvider time)
{
    public const int LinesPerSecond = 10;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private long _secondBegan = time.GetTimestamp();
    private int _lines;
    private int _unlogged;

    /// <param name="status">Of the answer.</param>
    /// <param name="problem">Cleaned: a part of it can be the caller's text.</param>
    public void Add(int status, string problem)
    {
        int unlogged;
        lock (_gate)
        {
            if (time.GetElapsedTime(_secondBegan) >= Second) (_secondBegan, _lines) = (time.GetTimestamp(), 0);
            if (_lines == LinesPerSecond)
            {
                _unlogged++;
                return;
            }

            _lines++;
            (unlogged, _unlogged) = (_unlogged, 0);
        }

        Log.Refused(logger, status, problem, unlogged);
    }
}
