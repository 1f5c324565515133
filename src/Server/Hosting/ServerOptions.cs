using Spanhook.Injection;
using Spanhook.Server.Certificates;
using Spanhook.Server.Cluster;
using Spanhook.Server.Telemetry;

namespace Spanhook.Server.Hosting;

/// <summary>Everything that can be set. <see cref="ServerCommand"/> reads it from the command line, the environment and appsettings.json.</summary>
internal sealed record ServerOptions
{
    public required ClusterOptions Cluster { get; init; }
    public CertificateOptions Certificates { get; init; } = new();
    public ServingOptions Serving { get; init; } = new();
    public InjectionOptions Injection { get; init; } = InjectionOptions.Default;
    public LogOptions Log { get; init; } = new();
}
