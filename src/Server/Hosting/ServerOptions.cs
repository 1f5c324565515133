using System.Net;
using Spanhook.Injection;

namespace Spanhook.Server.Hosting;

/// <summary>Everything that can be set. <see cref="ServerCommand"/> reads it from the command line, the environment and appsettings.json.</summary>
internal sealed record ServerOptions
{
    /// <summary>File or folder of manifests: Namespaces, Instrumentations, TracingPolicies, ReplicaSets, Jobs.</summary>
    public required string Cluster { get; init; }

    /// <summary>Address and port of the HTTPS endpoint; port 0 takes a free one.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.IPv6Any, 9443);

    /// <summary>Folder with <c>tls.crt</c> and <c>tls.key</c>; null for a certificate made in memory.</summary>
    public string? TlsDirectory { get; init; }

    /// <summary>Further names of the certificate made in memory, besides localhost.</summary>
    public IReadOnlyList<string> DnsNames { get; init; } = [];

    /// <summary>Where the authority of the certificate made in memory is written, as PEM; null for nowhere.</summary>
    public string? CaOut { get; init; }
    public InjectionOptions Injection { get; init; } = InjectionOptions.Default;

    /// <summary><c>json</c> or <c>text</c>.</summary>
    public string LogFormat { get; init; } = "text";
    public LogLevel LogLevel { get; init; } = LogLevel.Information;
}
