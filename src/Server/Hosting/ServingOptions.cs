using System.Net;

namespace Spanhook.Server.Hosting;

/// <summary>How admissions are served.</summary>
internal sealed record ServingOptions
{
    /// <summary>Address and port of the HTTPS endpoint; port 0 takes a free one.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.IPv6Any, 9443);

    /// <summary>For how long a server that was told to end still serves: until every balancer has heard that it is not ready.</summary>
    public TimeSpan ShutdownDelay { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long what is in flight may take after that.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>After about this long a connection is asked to be made anew, 20 % sooner or later. Zero for never.</summary>
    public TimeSpan ConnectionAge { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>After this many requests as well. 0 for any number.</summary>
    public int ConnectionRequests { get; init; } = 1000;

    /// <summary>How many reviews are decided at once; 0 for four for each core.</summary>
    public int MaxConcurrency { get; init; }

    /// <summary>How many more may wait for their turn.</summary>
    public int MaxQueue { get; init; } = 512;

    /// <summary>How long one may wait.</summary>
    public TimeSpan QueueTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long after its last byte came a review may still be begun.</summary>
    public TimeSpan ReviewTimeout { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>PEM file of the authorities whose clients may ask for admissions; null for anybody.</summary>
    public string? ClientAuthority { get; init; }

    /// <summary>Common names and DNS names of which a client's certificate needs one; empty for any.</summary>
    public IReadOnlyList<string> ClientNames { get; init; } = [];
}
