using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Spanhook.Server.Hosting.Connections;

/// <summary>
/// Ends connections politely, and makes room. An API server holds on to a connection for as long as it works, so that a new replica would get
/// nothing and a replica that ends would get everything: after some time or requests an answer says <c>Connection: close</c> (HTTP/2: GOAWAY).
/// That is looked at when a request comes; an idle connection is Kestrel's, which closes it after its keep-alive timeout.
/// <para>
/// A connection that never asked anything has a shorter life, and there may be fewer of them: whoever opens thousands and
/// says nothing keeps no API server out, which asks as soon as it is connected.
/// </para>
/// </summary>
internal sealed class ConnectionKeeper(ServingOptions options, Drain drain, IdleMemory memory, TimeProvider time) : IDisposable
{
    /// <summary>For the first request, from the accept. Go opens connections that it then does not need, and takes them from its pool later.</summary>
    public static readonly TimeSpan Unused = TimeSpan.FromSeconds(10);

    /// <summary>How many connections there may be.</summary>
    public const int Most = 2048;

    private const double Jitter = 0.2;

    // Of connections that end together; what few of them held is soon used again.
    private const int Crowd = 32;

    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);

    // In the order of their accept, so that those whose time is over stand first.
    private readonly LinkedList<(ConnectionLife Life, ConnectionContext Connection)> _unused = [];
    private readonly Lock _gate = new();
    private ITimer? _timer;

    /// <summary>From how many unused connections on the oldest makes room for the next. Each costs a tenth of a megabyte, and none of an API server stays unused for long.</summary>
    public int CrowdedAt { get; set; } = Most / 4;

    /// <summary>Around each connection of the port, before its handshake.</summary>
    public ConnectionDelegate Keep(ConnectionDelegate next) => async connection =>
    {
        var life = Begin();
        connection.Features.Set(life);
        var node = Add(life, connection);
        try
        {
            await next(connection);
        }
        finally
        {
            Remove(node);
        }
    };

    /// <summary>Before each request: those whose connection should end are told so. No allocation: this is the hot path.</summary>
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var isOver = context.Features.Get<ConnectionLife>()?.CountRequest(time.GetTimestamp()) ?? false;
        if (isOver || drain.IsDraining) context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        return next(context);
    }

    /// <summary>Closes those that waited too long with their first request. Called each second.</summary>
    public void CloseUnused()
    {
        var closed = 0;
        for (; OldestUnused() is { } connection; closed++) connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        if (closed >= Crowd) memory.Note();
    }

    public void Dispose() => _timer?.Dispose();

    /// <summary>When a connection that began now should end, as a timestamp. Those of one moment, as after the start of an API server, must not all be made anew in one moment.</summary>
    public static long EndOf(long began, TimeSpan age, long frequency) =>
        age == TimeSpan.Zero ? long.MaxValue : began + (long)(age.TotalSeconds * (1 - Jitter + (2 * Jitter * Random.Shared.NextDouble())) * frequency);

    private ConnectionLife Begin()
    {
        var now = time.GetTimestamp();
        return new ConnectionLife(now, EndOf(now, options.ConnectionAge, time.TimestampFrequency), options.ConnectionRequests > 0 ? options.ConnectionRequests : int.MaxValue);
    }

    private LinkedListNode<(ConnectionLife, ConnectionContext)> Add(ConnectionLife life, ConnectionContext connection)
    {
        ConnectionContext? evicted = null;
        LinkedListNode<(ConnectionLife, ConnectionContext)> node;
        lock (_gate)
        {
            _timer ??= time.CreateTimer(static keeper => ((ConnectionKeeper)keeper!).CloseUnused(), this, Sweep, Sweep);
            node = _unused.AddLast((life, connection));
            evicted = OldestOfCrowd();
        }

        if (evicted is not null)
        {
            memory.Note();
            evicted.Abort(new ConnectionAbortedException("room was needed, and it had sent no request"));
        }

        return node;
    }

    private void Remove(LinkedListNode<(ConnectionLife, ConnectionContext)> node)
    {
        lock (_gate)
        {
            if (node.List is not null) _unused.Remove(node);
        }
    }

    /// <summary>The next whose patience is over; null when there is none.</summary>
    private ConnectionContext? OldestUnused()
    {
        lock (_gate)
        {
            while (_unused.First is { } oldest && time.GetElapsedTime(oldest.Value.Life.Began) >= Unused)
            {
                _unused.RemoveFirst();
                if (oldest.Value.Life.IsUnused) return oldest.Value.Connection;
            }

            return null;
        }
    }

    /// <summary>Null while there are not too many; those that were used by now are no longer counted.</summary>
    private ConnectionContext? OldestOfCrowd()
    {
        while (_unused.Count > CrowdedAt)
        {
            var oldest = _unused.First!;
            _unused.RemoveFirst();
            if (oldest.Value.Life.IsUnused) return oldest.Value.Connection;
        }

        return null;
    }
}
