using Spanhook.Injection.CommandLine;
using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>NVIDIA NIM for LLMs: by environment. What its releases understand differs and was not seen, so that its own annotation must ask.</summary>
internal sealed class NimInjector : EngineInjector
{
    private const string Switch = "NIM_ENABLE_OTEL";

    public override string Name => "nim";
    public override bool IsOptIn => true;
    public override string DefaultProtocol => OtlpEndpoint.HttpProtobuf;
    protected override bool IsEnvironmentOnly => true;
    public override string SwitchName => Switch;

    public override EngineNotes Notes => new(
        "NVIDIA NIM for LLMs",
        $"{Switch}=1, OTEL_TRACES_EXPORTER=otlp, OTEL_EXPORTER_OTLP_ENDPOINT",
        "older releases take http/protobuf only; not verified for 2.x and newer");

    public override bool IsImage(ImageReference image) => image.Name.Contains("/nim/", StringComparison.Ordinal);

    // Its entrypoint is its own; another command in the image is not NIM.
    public override bool Recognize(in CommandWords words, out ProgramMatch match)
    {
        match = default;
        return false;
    }

    protected override void AddEnvironment(EnvDraft env, EngineTarget target)
    {
        env.AppendIfAbsent(Switch, "1");
        env.AppendIfAbsent("OTEL_TRACES_EXPORTER", "otlp");
    }
}
