using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>
/// The Python agent beside vLLM's own tracing, for whoever asks for both: the web framework's spans from the agent, the engine's from vLLM,
/// and none twice. Both export over HTTP, because the agent's packages hide the image's gRPC exporter.
/// </summary>
internal static class VllmWithAgent
{
    private const string DisabledInstrumentations =
        "grpc_client,grpc_server,grpc_aio_client,grpc_aio_server,requests,urllib3,urllib,httpx,aiohttp-client,threading,asyncio,system_metrics,click,logging,starlette";

    /// <summary>Sets what is not set by the user; before the agent's own defaults.</summary>
    /// <param name="env">The container's environment.</param>
    /// <param name="endpoint">The endpoint of the resource; null when it has none.</param>
    public static void Configure(EnvDraft env, string? endpoint)
    {
        if (endpoint is not null) env.AppendIfAbsent(SdkEnvironment.EndpointVariable, OtlpEndpoint.WithPortOf(endpoint, OtlpEndpoint.HttpProtobuf));
        env.AppendIfAbsent("OTEL_METRICS_EXPORTER", "none");
        env.AppendIfAbsent("OTEL_LOGS_EXPORTER", "none");
        env.AppendIfAbsent("OTEL_PYTHON_DISABLED_INSTRUMENTATIONS", DisabledInstrumentations);
        env.AppendIfAbsent("OTEL_PYTHON_FASTAPI_EXCLUDED_URLS", "health,metrics,ping,v1/models");

        // A forked engine inherits exporters whose threads did not survive the fork.
        env.AppendIfAbsent("VLLM_WORKER_MULTIPROC_METHOD", "spawn");
        env.AppendIfAbsent(EngineExporter.TracesProtocolVariable, OtlpEndpoint.HttpProtobuf);
    }
}
