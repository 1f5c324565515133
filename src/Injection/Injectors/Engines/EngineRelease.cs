using Spanhook.Injection.Decision;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>From this release on, until the next line of its table.</summary>
/// <param name="From">The first release that it is true for.</param>
/// <param name="Reason">Why it cannot be traced; null when it can.</param>
/// <param name="Evidence">How it is known.</param>
internal sealed record EngineRelease(EngineVersion From, Reason? Reason, string Evidence);

/// <summary>What tracing does to each release of an engine's own image. A release that changes it is one more line.</summary>
internal static class EngineReleases
{
    private static readonly EngineVersion First = new(0, 0, 0, IsRelease: false);

    public static readonly EngineReleaseTable Vllm = new(
    [
        new(First, Reasons.EngineVersionTooOld, "the flag does not exist, argparse exits with status 2; vllm#4687 added it"),
        new(new(0, 5, 1), Reasons.EngineWithoutOpenTelemetry, "the image lacks the packages and exits while it reads its configuration: lock files of KServe up to vLLM 0.8.2; vllm#7679, #9340"),
        new(new(0, 8, 4), Reasons.EngineFallsBackToV0, "vllm#15224 added the packages; a traced engine falls back from V1 to V0"),
        new(new(0, 9, 1), Reasons.EngineWithoutOpenTelemetry, "not seen in 0.9.2, 0.11.2 and 0.15.1; 0.9.1, 0.10.2 and 0.16.0 are inferred; vllm#24297, #26491, #27696, #34714"),
        new(new(0, 17, 0), null, "vllm#34466; seen in 0.17.1, 0.19.0, 0.20.0 and 0.24.0"),
    ]);

    public static readonly EngineReleaseTable Sglang = new(
    [
        new(First, Reasons.EngineVersionTooOld, "0.5.1.post3 has no --enable-trace"),
        new(new(0, 5, 3), Reasons.EngineVersionUnknown, "the first releases spell the flag --oltp-traces-endpoint and may lack the packages; which one changed it is not pinned (sglang#10802)"),
        new(new(0, 5, 12), null, "seen with --otlp-traces-endpoint; the packages are in the image's extra 'all'"),
    ]);

    public static readonly EngineReleaseTable TensorRtLlm = new(
    [
        new(First, Reasons.EngineVersionTooOld, "no --otlp_traces_endpoint before TensorRT-LLM#5897 (2025-08)"),
        new(new(1, 1, 0), null, "TensorRT-LLM#5897; an exporter that cannot start is logged and not fatal"),
    ]);

    public static readonly EngineReleaseTable Triton = new(
    [
        new(First, Reasons.EngineVersionTooOld, "no mode=opentelemetry before server 2.34.0 (triton server#5637)"),
        new(new(23, 5, 0), null, "server 2.34.0 is 23.05; context propagation since 24.01"),
    ],
    isByMonth: true);

    public static readonly EngineReleaseTable TextGenerationInference = new(
    [
        new(First, Reasons.EngineVersionTooOld, "no OTLP_ENDPOINT before 0.3.0"),
        new(new(0, 3, 0), null, "the name is configurable from 2.1.0 on (text-generation-inference#2076); older ones ignore it"),
    ]);

    public static readonly EngineReleaseTable LlmDSidecar = new(
    [
        new(First, Reasons.EngineVersionTooOld, "no OpenTelemetry up to 0.4"),
        new(new(0, 6, 0), null, "always on up to 0.8, by environment; --tracing since 0.9.0 (llm-d-router pkg/sidecar/proxy/options.go)"),
    ]);

    public static readonly EngineReleaseTable InferenceExtensionEpp = new(
    [
        new(First, Reasons.EngineVersionTooOld, "the chart's tracing begins with 1.1.0"),
        new(new(1, 1, 0), null, "--tracing since 1.1.0 (gateway-api-inference-extension#1777 fixed its spelling in the chart only)"),
    ],
    "epp");

    public static readonly EngineReleaseTable LlmDEpp = new(
    [
        new(First, Reasons.EngineVersionUnknown, "the chart of llm-d-router has --tracing; older schedulers were not read"),
        new(new(0, 9, 0), null, "llm-d-router config/charts/routerlib"),
    ],
    "llm-d-router");
}
