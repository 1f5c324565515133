using System.Net.Sockets;
using System.Security.Authentication;

namespace Spanhook.Load.Generating;

/// <summary>One connection at a time, and what came of the requests on it.</summary>
internal sealed class Sender(LoadPlan plan, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan IsLate = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan BeforeRetry = TimeSpan.FromMilliseconds(20);

    private HttpsConnection? _connection;
    private byte[] _buffer = [];

    public LoadResult Result { get; } = new();

    /// <summary>Sends the request with this number, which should have started at that timestamp.</summary>
    public void Send(long number, long intended)
    {
        var started = time.GetTimestamp();
        var late = time.GetElapsedTime(intended, started);
        Result.Lateness.Add(late);
        if (late > IsLate) Result.Late++;
        if (plan.DropAfter is { } limit && late > limit)
        {
            Result.NotSent++;
            return;
        }

        while (!TryOnce(number, intended, started))
        {
            Result.Retried++;
            Pause.Until(time.GetTimestamp() + (long)(BeforeRetry.TotalSeconds * time.TimestampFrequency), time);
        }
    }

    public void Dispose() => _connection?.Dispose();

    /// <summary>False when it failed and there is time left for another attempt.</summary>
    private bool TryOnce(long number, long intended, long started)
    {
        var review = plan.Mix[number];
        string? problem;
        try
        {
            var request = review.Write(ref _buffer, number);
            var answer = Connection().Ask(request);
            problem = answer.Problem(request[review.Uid], review.Expected);
            if (problem is null) Count(answer, intended, started);
            if (answer.Closes) Result.ConnectionsClosedPolitely++;
            if (answer.Closes || problem is not null) Close();
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException or InvalidDataException)
        {
            problem = Kind(e);
            Close();
        }

        if (problem is null) return true;
        if (time.GetElapsedTime(started) < plan.RetryWithin) return false;
        Result.AddError(problem);
        return true;
    }

    private void Count(in Answer answer, long intended, long started)
    {
        var now = time.GetTimestamp();
        Result.Latency.Add(time.GetElapsedTime(intended, now));
        Result.Service.Add(time.GetElapsedTime(started, now));
        if (answer.HasPatch) Result.Patched++;
        else if (answer.IsOverloaded) Result.Overloaded++;
    }

    private HttpsConnection Connection()
    {
        if (_connection?.IsOver == true) Close();
        if (_connection is not null) return _connection;
        Result.ConnectionsOpened++;
        return _connection = new HttpsConnection(plan.Server, plan.Tls(), plan.Timeout);
    }

    private void Close()
    {
        _connection?.Dispose();
        _connection = null;
    }

    private string Kind(Exception e)
    {
        var place = _connection is null ? "connecting: " : "";
        return place + ((e as SocketException ?? e.InnerException as SocketException) is { } socket ? socket.SocketErrorCode.ToString() : e is AuthenticationException ? "certificate or handshake refused" : e.Message);
    }
}
