using System.Net;
using System.Net.Sockets;

namespace Spanhook.Load.Balancing;

/// <summary>
/// What kube-proxy is to a Service: each new connection goes to one of the endpoints and stays there. Taking an endpoint away changes nothing for
/// the connections that it has; a connection to an endpoint where nobody listens is refused, not tried elsewhere.
/// </summary>
internal sealed class Balancer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly HashSet<Flow> _flows = [];
    private readonly Lock _lock = new();
    private volatile IPEndPoint[] _endpoints = [];
    private int _next;

    public Balancer(params IPEndPoint[] endpoints)
    {
        _endpoints = endpoints;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(1024);
        _ = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>Connections that are open now, to that endpoint or to all.</summary>
    public int Flows(IPEndPoint? endpoint = null)
    {
        lock (_lock) return _flows.Count(flow => endpoint is null || flow.Endpoint.Equals(endpoint));
    }

    /// <summary>While true nothing gets through in either direction and nobody is told: the network drops packets. What was sent meanwhile arrives later.</summary>
    public bool IsSilent
    {
        get;
        set
        {
            field = value;
            lock (_lock)
            {
                foreach (var flow in _flows) flow.IsSilent = value;
            }
        }
    }

    public void Add(IPEndPoint endpoint)
    {
        lock (_lock) _endpoints = [.. _endpoints.Where(e => !e.Equals(endpoint)), endpoint];
    }

    public void Remove(IPEndPoint endpoint)
    {
        lock (_lock) _endpoints = [.. _endpoints.Where(e => !e.Equals(endpoint))];
    }

    /// <summary>Resets every connection, as a node that fails does.</summary>
    public void Cut()
    {
        lock (_lock)
        {
            foreach (var flow in _flows.ToList()) flow.Reset();
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        Cut();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptAsync());
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    // In turn instead of by chance: the same in every run, and as even as many connections are.
    private async Task ServeAsync(Socket client)
    {
        var endpoints = _endpoints;
        if (endpoints.Length == 0)
        {
            Refuse(client);
            return;
        }

        var endpoint = endpoints[(uint)Interlocked.Increment(ref _next) % endpoints.Length];
        using var flow = new Flow(client, endpoint) { IsSilent = IsSilent };
        lock (_lock) _flows.Add(flow);
        try
        {
            await flow.RunAsync();
        }
        finally
        {
            lock (_lock) _flows.Remove(flow);
        }
    }

    private static void Refuse(Socket client)
    {
        client.LingerState = new LingerOption(enable: true, seconds: 0);
        client.Dispose();
    }
}
