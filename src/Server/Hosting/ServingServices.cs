using Microsoft.AspNetCore.Connections;
using Spanhook.Server.Admission;
using Spanhook.Server.Hosting.Clients;
using Spanhook.Server.Hosting.Connections;

namespace Spanhook.Server.Hosting;

/// <summary>Puts together what serves admissions, and what ends it.</summary>
internal static class ServingServices
{
    public static void Add(IServiceCollection services, ServingOptions options)
    {
        services.AddRoutingCore();
        services.AddSingleton(options);
        services.AddSingleton<IMemoryPoolFactory<byte>, RecordSizedMemory>();
        services.AddSingleton<AdmissionHandler>();
        services.AddSingleton<AdmissionGate>();
        services.AddSingleton<BodyMemory>();
        services.AddSingleton(s => new IdleMemory(s.GetRequiredService<AdmissionGate>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<RequestBody>();
        services.AddSingleton<ClientCheck>();
        services.AddSingleton<MutateEndpoint>();
        services.AddSingleton<ConnectionKeeper>();
        services.AddSingleton<ServedCertificate>();
        services.AddSingleton<Drain>();
        services.AddSingleton<IReadinessCondition, Readiness.ClusterLoaded>();
        services.AddSingleton<IReadinessCondition, Readiness.Listening>();
        services.AddSingleton<IReadinessCondition>(s => s.GetRequiredService<Drain>());
        services.AddSingleton<Readiness>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainTimeout);
    }

    public static void Map(WebApplication app)
    {
        KeepThreads(app.Services.GetRequiredService<AdmissionGate>().Places);
        app.Use(app.Services.GetRequiredService<ConnectionKeeper>().InvokeAsync);
        app.MapPost(MutateEndpoint.Path, app.Services.GetRequiredService<MutateEndpoint>().InvokeAsync);
        app.MapGet("/livez", context => context.Response.WriteAsync("ok\n"));
        app.MapGet("/readyz", app.Services.GetRequiredService<Readiness>().AnswerAsync);
    }

    // With a thread per core, those that decide are all there are: what comes meanwhile stands in the pool's queue, where the gate does not see it
    // and nobody's time runs out. So there are threads for all places, and more that read, queue and turn away.
    private static void KeepThreads(int places)
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, places + Environment.ProcessorCount), completions);
    }
}
