using Spanhook.Injection.Decision;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>What the tracing flag does to each release of vLLM's stock image. A release that changes it is one more line.</summary>
internal static class VllmVersions
{
    /// <summary>From this release on, until the next line. No reason means that it works.</summary>
    private static readonly (EngineVersion From, Reason? Reason)[] Table =
    [
        // The flag does not exist: argparse exits with status 2. vllm#4687 added it.
        (new(0, 0, 0, IsRelease: false), Reasons.EngineVersionTooOld),

        // The image lacks the packages: the engine exits while it reads its configuration. Lock files of kserve up to vLLM 0.8.2; vllm#7679, #9340.
        (new(0, 5, 1), Reasons.EngineWithoutOpenTelemetry),

        // vllm#15224 added the packages; a traced engine falls back from V1 to V0 and says so in a warning only.
        (new(0, 8, 4), Reasons.EngineFallsBackToV0),

        // The packages left again: not seen in 0.9.2, 0.11.2 and 0.15.1; 0.9.1, 0.10.2 and 0.16.0 are inferred. vllm#24297, #26491, #27696, #34714.
        (new(0, 9, 1), Reasons.EngineWithoutOpenTelemetry),

        // vllm#34466; seen in 0.17.1, 0.19.0, 0.20.0 and 0.24.0.
        (new(0, 17, 0), null),
    ];

    /// <summary>Why a release cannot be traced; null when it can.</summary>
    public static Refusal? Check(EngineVersion version)
    {
        var line = Table.Length - 1;
        while (!version.IsAtLeast(Table[line].From)) line--;
        return Table[line].Reason is { } reason ? new(reason, $"vLLM {version}") : null;
    }
}
