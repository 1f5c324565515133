using Spanhook.Injection.CommandLine;
using Spanhook.Injection.Decision;
using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>KServe's huggingfaceserver with its vLLM backend. Its image is tagged with KServe's version, which does not tell vLLM's.</summary>
internal sealed class HuggingFaceServerInjector : EngineInjector
{
    private const string EndpointFlag = "--otlp-traces-endpoint";

    public override string Name => "hf-server";

    public override string SwitchName => EndpointFlag;

    public override EngineNotes Notes => new(
        "KServe huggingfaceserver",
        $"{EndpointFlag}=URL, {EngineExporter.TracesProtocolVariable}",
        "the vLLM backend only, others ignore the flag; the tag is KServe's version, so the pod must state vLLM's",
        $"with vLLM {EngineReleases.Vllm.Traced}");

    public override bool IsImage(ImageReference image) => image.LastPart is "huggingfaceserver";

    public override bool Recognize(in CommandWords words, out ProgramMatch match)
    {
        match = PythonCommand.ModuleOf(words) is >= 0 and var module && words[module] is "huggingfaceserver" ? ReadArguments(words, module + 1) : default;
        return match != default;
    }

    public override ProgramMatch ReadArguments(in CommandWords words, int first)
    {
        var options = ProgramOptions.None;
        if (Option.IsSet(words, first, EndpointFlag, "--ot")) options |= ProgramOptions.TracingIsSet;
        if (Option.IsSet(words, first, "--disable-log-stats", "--disable-log-s")) options |= ProgramOptions.LogStatsDisabled;
        return new(Name, ProgramRole.Server, first - 1, options);
    }

    protected override Refusal? CheckOptions(EngineTarget target) =>
        base.CheckOptions(target) ?? (target.Program.Has(ProgramOptions.LogStatsDisabled) ? new(Reasons.EngineDisablesLogStats) : null);

    protected override Refusal? CheckVersion(EngineTarget target) => CheckRelease(target, EngineReleases.Vllm, "vLLM", target.Version(null));

    protected override void AddEnvironment(EnvDraft env, EngineTarget target) => env.AppendIfAbsent(EngineExporter.TracesProtocolVariable, target.Exporter.Protocol);

    protected override void AddOptions(List<string> options, EngineTarget target, EnvDraft env) => options.Add($"{EndpointFlag}={target.Exporter.Url}");
}
