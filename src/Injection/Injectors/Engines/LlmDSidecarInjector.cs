using Spanhook.Injection.CommandLine;
using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>llm-d's routing sidecar, which stands before a prefill or decode server in its pod: a flag from 0.9 on, before that always on.</summary>
internal sealed class LlmDSidecarInjector : EngineInjector
{
    private static readonly EngineVersion FirstWithFlag = new(0, 9, 0);

    public override string Name => "llm-d-sidecar";
    public override EngineProtocols Protocols => EngineProtocols.GrpcOnly;
    public override string ServiceName => "routing-proxy";

    public override string SwitchName => "--tracing";

    public override IReadOnlyList<EngineReleaseTable> Releases => [EngineReleases.LlmDSidecar];

    public override EngineNotes Notes => new(
        "llm-d routing sidecar",
        $"--tracing=true from {FirstWithFlag} on, OTEL_TRACES_EXPORTER=otlp, OTEL_EXPORTER_OTLP_ENDPOINT",
        "0.6 to 0.8 heed only the sampler's argument");

    public override bool IsImage(ImageReference image) =>
        image.LastPart is "routing-proxy" || image.LastPart.EndsWith("-routing-sidecar", StringComparison.Ordinal) || image.LastPart.EndsWith("-disagg-sidecar", StringComparison.Ordinal);

    public override bool Recognize(in CommandWords words, out ProgramMatch match)
    {
        match = words.Program(0) is "pd-sidecar" ? ReadArguments(words, 1) : default;
        return match != default;
    }

    public override ProgramMatch ReadArguments(in CommandWords words, int first) => new(
        Name,
        ProgramRole.Sidecar,
        first - 1,
        Option.IsSetInGo(words, first, "--tracing") ? ProgramOptions.TracingIsSet : ProgramOptions.None);

    protected override Refusal? CheckVersion(EngineTarget target) => Version(target) is { } version
        ? CheckRelease(target, EngineReleases.LlmDSidecar, "the routing sidecar", version)
        : target.RefuseUnknownVersion("llm-d routing sidecar"); // Go's flag parser exits at a flag that it does not know

    protected override void AddEnvironment(EnvDraft env, EngineTarget target) => env.AppendIfAbsent("OTEL_TRACES_EXPORTER", "otlp");

    protected override void AddOptions(List<string> options, EngineTarget target, EnvDraft env)
    {
        if (Version(target)?.IsAtLeast(FirstWithFlag) == true) options.Add("--tracing=true");
    }

    private static EngineVersion? Version(EngineTarget target) => target.Version(EngineVersion.Parse(target.Program.Tag));
}
