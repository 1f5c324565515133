using Spanhook.Injection.CommandLine;
using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>The endpoint picker of llm-d and of the Gateway API inference extension. Its exporter is the console unless a variable says otlp.</summary>
internal sealed class LlmDEppInjector : EngineInjector
{
    public override string Name => "llm-d-epp";
    public override EngineProtocols Protocols => EngineProtocols.GrpcOnly;

    public override string SwitchName => "--tracing";

    public override IReadOnlyList<EngineReleaseTable> Releases => [EngineReleases.InferenceExtensionEpp, EngineReleases.LlmDEpp];

    public override EngineNotes Notes => new(
        "endpoint picker of llm-d and of the Gateway API inference extension",
        "--tracing=true, OTEL_TRACES_EXPORTER=otlp, OTEL_EXPORTER_OTLP_ENDPOINT",
        "of the samplers only parentbased_traceidratio");

    public override bool IsImage(ImageReference image) => IsExtension(image) || IsLlmD(image);

    public override bool Recognize(in CommandWords words, out ProgramMatch match)
    {
        match = words.Program(0) is "epp" ? ReadArguments(words, 1) : default;
        return match != default;
    }

    public override ProgramMatch ReadArguments(in CommandWords words, int first) => new(
        Name,
        ProgramRole.Router,
        first - 1,
        Option.IsSetInGo(words, first, "--tracing") ? ProgramOptions.TracingIsSet : ProgramOptions.None);

    protected override Refusal? CheckVersion(EngineTarget target)
    {
        if (target.Program.Image is not { } image || target.Version(EngineVersion.Parse(image.Tag)) is not { } version) return target.RefuseUnknownVersion("endpoint picker");
        return CheckRelease(target, IsExtension(image) ? EngineReleases.InferenceExtensionEpp : EngineReleases.LlmDEpp, "the endpoint picker", version);
    }

    protected override void AddEnvironment(EnvDraft env, EngineTarget target) => env.AppendIfAbsent("OTEL_TRACES_EXPORTER", "otlp");

    protected override void AddOptions(List<string> options, EngineTarget target, EnvDraft env) => options.Add("--tracing=true");

    private static bool IsExtension(ImageReference image) => image.LastPart is "epp";

    private static bool IsLlmD(ImageReference image) => image.LastPart is "llm-d-router-epp" or "llm-d-router-endpoint-picker" or "llm-d-inference-scheduler";
}
