using Spanhook.Injection.CommandLine;

namespace Spanhook.Injection.Tests.CommandLine;

/// <summary>Knows a few programs, enough to read scripts with.</summary>
internal static class EngineMatcher
{
    private static readonly string[] VllmServers = ["vllm.entrypoints.openai.api_server", "vllm.entrypoints.api_server"];
    private static readonly string[] Endpoints = ["--otlp-traces-endpoint", "--enable-trace"];

    public static bool Match(in CommandWords words, out ProgramMatch match)
    {
        var program = words.Program(0).ToString();
        ProgramMatch? found = program switch
        {
            "vllm" when words.Is(1, "serve") => Server("vllm", words, ModelAfter(words, 1)),
            "vllm" => new(null, ProgramRole.Other, 0),
            "sglang" when words.Is(1, "serve") => Server("sglang", words, 1),
            "trtllm-serve" => Server("tensorrt-llm", words, ModelAfter(words, words.Is(1, "serve") ? 1 : 0)),
            "lmdeploy" => new("lmdeploy", ProgramRole.Server, 1, ProgramOptions.TakesNoOptions),
            "huggingface-cli" or "hf" => new(null, ProgramRole.Downloader, 0),
            "ray" => new(null, ProgramRole.Worker, 0),
            "multi-node-serving.sh" or "ray_init.sh" when words.Is(1, "worker") => new(null, ProgramRole.Worker, 0),
            var name when name.StartsWith("python", StringComparison.Ordinal) => Module(words),
            _ => null,
        };
        match = found.GetValueOrDefault();
        return found is not null;
    }

    private static ProgramMatch? Module(in CommandWords words)
    {
        var at = 1;
        while (at < words.Count && words[at] is "-u" or "-O") at++;
        if (!words.Is(at, "-m") || at + 1 >= words.Count || !words.Word(at + 1).IsWhole) return null;
        var module = words[at + 1].ToString();
        if (VllmServers.Contains(module)) return Server("vllm", words, at + 1);
        return module switch
        {
            "sglang.launch_server" => Server("sglang", words, at + 1),
            "sglang_router.launch_router" => new(null, ProgramRole.Router, at + 1),
            "huggingfaceserver" => Server("kserve-huggingface", words, at + 1),
            "dynamo.vllm" or "dynamo.frontend" => new(null, ProgramRole.Server, at + 1),
            _ => null,
        };
    }

    private static int ModelAfter(in CommandWords words, int at) =>
        at + 1 < words.Count && !words[at + 1].StartsWith('-') ? at + 1 : at;

    private static ProgramMatch Server(string engine, in CommandWords words, int after)
    {
        var (role, options) = (ProgramRole.Server, ProgramOptions.None);
        for (var i = after + 1; i < words.Count; i++)
        {
            var word = words[i];
            var name = (word.IndexOf('=') is > 0 and var equals ? word[..equals] : word).ToString().Replace('_', '-');
            if (name == "--headless") role = ProgramRole.Headless;
            if (Endpoints.Contains(name)) options |= ProgramOptions.TracingIsSet;
        }

        return new(engine, role, after, options);
    }
}
