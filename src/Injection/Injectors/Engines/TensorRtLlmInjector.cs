using Spanhook.Injection.CommandLine;
using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>TensorRT-LLM's <c>trtllm-serve</c>: click, which knows the option with underscores only.</summary>
internal sealed class TensorRtLlmInjector : EngineInjector
{
    private const string EndpointFlag = "--otlp_traces_endpoint";

    public override string Name => "trtllm";

    public override string SwitchName => EndpointFlag;

    public override IReadOnlyList<EngineReleaseTable> Releases => [EngineReleases.TensorRtLlm];

    public override EngineNotes Notes => new(
        "TensorRT-LLM",
        $"{EndpointFlag}=URL, {EngineExporter.TracesProtocolVariable}",
        "trtllm-serve MODEL and trtllm-serve serve MODEL only, not disaggregated or mm_embedding_serve");

    // The image's entrypoint is a shell or NVIDIA's script: args alone say nothing, so the command must.
    public override bool IsImage(ImageReference image) => false;

    public override bool Recognize(in CommandWords words, out ProgramMatch match)
    {
        match = default;
        if (words.Program(0) is not "trtllm-serve") return false;
        var model = words.Is(1, "serve") ? 2 : 1;
        match = words.Is(1, "disaggregated") || words.Is(1, "disaggregated_mpi_worker") || words.Is(1, "mm_embedding_serve") ? new(Name, ProgramRole.Other, 1)
            : ReadArguments(words, model < words.Count && !words[model].StartsWith('-') ? model + 1 : model);
        return true;
    }

    public override ProgramMatch ReadArguments(in CommandWords words, int first) =>
        new(Name, ProgramRole.Server, first - 1, Option.IsSet(words, first, EndpointFlag, EndpointFlag) ? ProgramOptions.TracingIsSet : ProgramOptions.None);

    protected override Refusal? CheckVersion(EngineTarget target) =>
        CheckRelease(target, EngineReleases.TensorRtLlm, "TensorRT-LLM", target.Version(target.ImageIs("tensorrt-llm") || target.ImageIs("release") ? EngineVersion.Parse(target.Program.Tag) : null));

    protected override void AddEnvironment(EnvDraft env, EngineTarget target) => env.AppendIfAbsent(EngineExporter.TracesProtocolVariable, target.Exporter.Protocol);

    protected override void AddOptions(List<string> options, EngineTarget target, EnvDraft env) => options.Add($"{EndpointFlag}={target.Exporter.Url}");
}
