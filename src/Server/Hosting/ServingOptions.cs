using System.Net;

namespace Spanhook.Server.Hosting;

/// <summary>How admissions are served.</summary>
internal sealed record ServingOptions
{
    /// <summary>Address and port of the HTTPS endpoint; port 0 takes a free one.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.IPv6Any, 9443);
}
