using System.Diagnostics.Metrics;
using System.Reflection;
using Spanhook.Server.Telemetry.Otlp;
using Spanhook.Server.Telemetry.Prometheus;

namespace Spanhook.Server.Telemetry;

/// <summary>Sets up metrics and spans, and those who take them out of the process.</summary>
internal static class TelemetryServices
{
    /// <summary>The name of the meter and of the source of spans.</summary>
    public const string Name = "Spanhook";

    /// <summary>As it was built, without the commit.</summary>
    public static string Version { get; } =
        typeof(TelemetryServices).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public static void Add(IServiceCollection services, TelemetryOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(_ => new Meter(Name, Version));
        services.AddSingleton<RefusalLog>();
        services.AddSingleton<AdmissionMetrics>();
        services.AddSingleton<AdmissionTracing>();
        services.AddSingleton<AdmissionTelemetry>();
        if (options.ManagementListen is not null)
        {
            services.AddSingleton<ProcessMetrics>();
            services.AddSingleton<MetricCollector>();
            services.AddSingleton<ManagementPages>();
            services.AddSingleton<ManagementServer>();
            services.AddHostedService(s => s.GetRequiredService<ManagementServer>());
        }

        if (options.Otlp.IsAsked) services.AddHostedService<OtlpPush>();
    }
}
