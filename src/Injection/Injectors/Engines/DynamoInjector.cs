using Spanhook.Injection.CommandLine;
using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>NVIDIA Dynamo, frontend and workers: by environment, whatever engine a worker drives.</summary>
internal sealed class DynamoInjector : EngineInjector
{
    private const string Switch = "OTEL_EXPORT_ENABLED";

    public override string Name => "dynamo";
    public override EngineProtocols Protocols => EngineProtocols.GrpcOnly;
    protected override bool IsEnvironmentOnly => true;
    public override string SwitchName => Switch;

    public override EngineNotes Notes => new(
        "NVIDIA Dynamo",
        $"{Switch}=true, DYN_LOGGING_JSONL=true, {EngineExporter.TracesEndpointVariable}",
        "log lines become JSON; spans of an SGLang backend need its own flags",
        "any");

    // The operator's own images; a worker always has a command, so that an image alone is the frontend.
    public override bool IsImage(ImageReference image) =>
        image.LastPart is "vllm-runtime" or "sglang-runtime" or "tensorrtllm-runtime" ? image.Name.Contains("dynamo", StringComparison.Ordinal)
            : image.LastPart.StartsWith("ai-dynamo-", StringComparison.Ordinal);

    public override bool Recognize(in CommandWords words, out ProgramMatch match)
    {
        match = PythonCommand.ModuleOf(words) is >= 0 and var module ? words[module] switch
        {
            "dynamo.frontend" => new(Name, ProgramRole.Router, module),
            "dynamo.vllm" or "dynamo.sglang" or "dynamo.trtllm" => new(Name, ProgramRole.Server, module),
            _ => default,
        }
        : default;
        return match != default;
    }

    public override ProgramMatch ReadArguments(in CommandWords words, int first) => new(Name, ProgramRole.Router, first - 1);

    protected override void AddEnvironment(EnvDraft env, EngineTarget target)
    {
        env.AppendIfAbsent("DYN_LOGGING_JSONL", "true");
        env.AppendIfAbsent(Switch, "true");
        env.AppendIfAbsent(EngineExporter.TracesEndpointVariable, target.Exporter.Url!);
    }
}
