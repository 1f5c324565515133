using Spanhook.Server.Certificates.SelfManaged;
using Spanhook.Server.Reporting.Counting;
using Spanhook.Server.Reporting.Events;
using Spanhook.Server.Reporting.Publishing;
using Spanhook.Server.Reporting.Statuses;

namespace Spanhook.Server.Reporting;

/// <summary>Puts together what tells in the cluster what was decided. For a server that is fed by an API server, and for no other.</summary>
internal static class ReportingServices
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton(s => InstanceName.Of(s.GetRequiredService<SelfManagedOptions>().Identity, s.GetRequiredService<TimeProvider>().GetUtcNow()));
        services.AddSingleton<AdmissionTally>();
        services.AddSingleton<ReportingMetrics>();
        services.AddSingleton<WorkloadEvents>();
        services.AddSingleton<OutcomeReports>();
        services.AddSingleton<EventStore>();
        services.AddSingleton<ReportStore>();
        services.AddSingleton<InstanceReporter>();
        services.AddSingleton<ReportFolding>();
        services.AddSingleton<StatusStore>();
        services.AddSingleton<StatusWriter>();
        services.AddSingleton<ReportKeeperParts>();
        services.AddHostedService<ReportKeeper>();
        services.AddHostedService<EventPublisher>();
    }
}
