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
        services.AddSingleton<RequestBody>();
        services.AddSingleton<ClientCheck>();
        services.AddSingleton<MutateEndpoint>();
        services.AddSingleton<ConnectionKeeper>();
        services.AddSingleton<Drain>();
        services.AddSingleton<IReadinessCondition, Readiness.ClusterLoaded>();
        services.AddSingleton<IReadinessCondition>(s => s.GetRequiredService<Drain>());
        services.AddSingleton<Readiness>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainTimeout);
    }

    public static void Map(WebApplication app)
    {
        app.Use(app.Services.GetRequiredService<ConnectionKeeper>().InvokeAsync);
        app.MapPost(MutateEndpoint.Path, app.Services.GetRequiredService<MutateEndpoint>().InvokeAsync);
        app.MapGet("/livez", context => context.Response.WriteAsync("ok\n"));
        app.MapGet("/readyz", app.Services.GetRequiredService<Readiness>().AnswerAsync);
    }
}
