namespace Spanhook.Injection.Cluster;

/// <summary>What a section of an Instrumentation means where it is silent: the images and resources of the OpenTelemetry Operator 0.158.</summary>
internal sealed record AgentDefaults(string Injector, string Image, string CpuRequest, string MemoryRequest)
{
    private const string Registry = "ghcr.io/open-telemetry/opentelemetry-operator/autoinstrumentation-";

    public static readonly IReadOnlyList<AgentDefaults> All =
    [
        new("java", Registry + "java:2.30.0", "50m", "64Mi"),
        new("nodejs", Registry + "nodejs:0.78.0", "50m", "128Mi"),
        new("python", Registry + "python:0.64b0", "50m", "64Mi"),
        new("dotnet", Registry + "dotnet:1.16.0", "50m", "128Mi"),
        new("go", "ghcr.io/open-telemetry/opentelemetry-go-instrumentation/autoinstrumentation-go:v0.24.0", "50m", "64Mi"),
        new("apache-httpd", Registry + "apache-httpd:1.0.4", "1m", "128Mi"),
        new("nginx", Registry + "apache-httpd:1.0.4", "1m", "128Mi"),
    ];

    public const string Limits = """{"cpu":"500m","memory":"256Mi"}""";
    public const string VolumeSize = "200Mi";
    public const string ApacheVersion = "2.4";
    public const string ApacheConfigPath = "/usr/local/apache2/conf";
    public const string NginxConfigFile = "/etc/nginx/nginx.conf";

    public string Requests => $$"""{"cpu":"{{CpuRequest}}","memory":"{{MemoryRequest}}"}""";
}
