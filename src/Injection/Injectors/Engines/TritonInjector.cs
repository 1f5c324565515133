using System.Globalization;
using Spanhook.Injection.CommandLine;
using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>NVIDIA Triton: trace settings by flag, OTLP over HTTP only, sampling as one of so many requests.</summary>
internal sealed class TritonInjector : EngineInjector
{
    private const string Flag = "--trace-config";

    public override string Name => "triton";
    public override string DefaultProtocol => OtlpEndpoint.HttpProtobuf;
    public override EngineProtocols Protocols => EngineProtocols.HttpOnly;

    public override string SwitchName => Flag;

    public override IReadOnlyList<EngineReleaseTable> Releases => [EngineReleases.Triton];

    public override EngineNotes Notes => new(
        "Triton Inference Server",
        $"{Flag}= with mode=opentelemetry, opentelemetry,url=URL, level=TIMESTAMPS, rate=N, opentelemetry,resource=service.name=NAME",
        "the rate is taken from the sampler's ratio; not where tritonserver is started by another program");

    public override EngineVersion? ParseVersion(string text) => EngineVersion.ParseMonth(text);
    public override string VersionExample => "24.05";

    public override bool Recognize(in CommandWords words, out ProgramMatch match)
    {
        match = words.Program(0) is "tritonserver" ? ReadArguments(words, 1) : default;
        return match != default;
    }

    public override ProgramMatch ReadArguments(in CommandWords words, int first) => new(
        Name,
        ProgramRole.Server,
        first - 1,
        Option.IsSet(words, first, Flag, Flag) || Option.IsSet(words, first, "--trace-file", "--trace-file") || Option.IsSet(words, first, "--trace-level", "--trace-level") ? ProgramOptions.TracingIsSet : ProgramOptions.None);

    protected override Refusal? CheckVersion(EngineTarget target) =>
        CheckRelease(target, EngineReleases.Triton, "Triton", target.Version(target.ImageIs("tritonserver") ? EngineVersion.ParseMonth(target.Program.Tag) : null));

    protected override void AddOptions(List<string> options, EngineTarget target, EnvDraft env)
    {
        options.Add($"{Flag}=mode=opentelemetry");
        options.Add($"{Flag}=opentelemetry,url={target.Exporter.Url}");
        options.Add($"{Flag}=level=TIMESTAMPS");
        options.Add($"{Flag}=rate={Rate(env).ToString(CultureInfo.InvariantCulture)}");
        if (env.Literal(SdkEnvironment.ServiceNameVariable) is { Length: > 0 } name && target.CanPass(name)) options.Add($"{Flag}=opentelemetry,resource=service.name={name}");
    }

    /// <summary>One of how many requests is traced. Triton knows no samplers; a ratio is turned over, and everything else is all.</summary>
    private static int Rate(EnvDraft env) =>
        env.Literal("OTEL_TRACES_SAMPLER")?.EndsWith("traceidratio", StringComparison.Ordinal) == true
        && double.TryParse(env.Literal("OTEL_TRACES_SAMPLER_ARG"), NumberStyles.Float, CultureInfo.InvariantCulture, out var ratio) && ratio is > 0 and < 1
            ? (int)Math.Min(Math.Round(1 / ratio), int.MaxValue)
            : 1;
}
