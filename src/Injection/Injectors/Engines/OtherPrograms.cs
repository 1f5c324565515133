using Spanhook.Injection.CommandLine;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>Programs that are seen beside engines, and engines that have no tracing: told apart, so that they are left alone for a reason.</summary>
internal static class OtherPrograms
{
    /// <summary>Engines and their stand-ins without OTLP, with what is known of them.</summary>
    public static readonly IReadOnlyDictionary<string, string> Untraced = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["lmdeploy"] = "LMDeploy has no OpenTelemetry",
        ["ollama"] = "Ollama has no OpenTelemetry (ollama#9254)",
        ["llama-cpp"] = "no release of llama.cpp has OpenTelemetry",
        ["sglang-router"] = "the releases of sglang_router that were read (0.1) have no tracing; a newer one takes --enable-trace and --otlp-traces-endpoint from you",
        ["xdit"] = "xDiT has no OpenTelemetry",
        ["llm-d-inference-sim"] = "the simulator stops at options that it does not know",
    };

    /// <summary>Why an engine has no tracing; null when it has.</summary>
    public static string? WhyUntraced(string engine) => Untraced.GetValueOrDefault(engine);

    public static bool Recognize(in CommandWords words, out ProgramMatch match)
    {
        match = Known(words) ?? default;
        return match != default;
    }

    /// <summary>The engine without tracing that an image runs; null for any other image.</summary>
    public static string? OfImage(ImageReference image) => image.LastPart switch
    {
        "lmdeploy" => "lmdeploy",
        "ollama" => "ollama",
        "llama.cpp" => "llama-cpp",
        "sglang-router" => "sglang-router",
        "llm-d-inference-sim" => "llm-d-inference-sim",
        _ => null,
    };

    private static ProgramMatch? Known(in CommandWords words)
    {
        switch (words.Program(0))
        {
            case "lmdeploy" when words.Is(1, "serve"):
                return new("lmdeploy", ProgramRole.Server, 1);
            case "ollama":
                return new("ollama", ProgramRole.Server, 0);
            case "llama-server":
                return new("llama-cpp", ProgramRole.Server, 0);
            case "llm-d-inference-sim":
                return new("llm-d-inference-sim", ProgramRole.Server, 0);
            case "ray" when words.Is(1, "start"):
                return new(null, Option.IsSet(words, 2, "--head", "--head") ? ProgramRole.Other : ProgramRole.Worker, 1);
            case "multi-node-serving.sh" or "ray_init.sh":
                return words.Is(1, "worker") ? new(null, ProgramRole.Worker, 1) : null;
            case "aibrix_runtime":
                return new(null, ProgramRole.Sidecar, 0);
            case "huggingface-cli" or "hf" when words.Is(1, "download"):
            case "aibrix_download":
                return new(null, ProgramRole.Downloader, 0);
            case "bash" or "sh" when words.IsOperand(1):
                return Known(words.From(1));
            case "python" or "python3" when words.Is(1, "entrypoints/launch.py"):
                return new("xdit", ProgramRole.Server, 1);
            default:
                return OfModule(words);
        }
    }

    private static ProgramMatch? OfModule(in CommandWords words) => PythonCommand.ModuleOf(words) is >= 0 and var module
        ? words[module] switch
        {
            "sglang_router.launch_router" or "sglang_router.mini_lb" or "sglang.srt.disaggregation.mini_lb" => new("sglang-router", ProgramRole.Router, module),
            "lmdeploy" => new("lmdeploy", ProgramRole.Server, module),
            "aibrix.downloader" => new(null, ProgramRole.Downloader, module),
            _ => null,
        }
        : null;
}
