using Spanhook.Injection.CommandLine;
using Spanhook.Injection.Decision;
using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>SGLang: two flags; the endpoint is host and port over gRPC, a whole URL over HTTP.</summary>
internal sealed class SglangInjector : EngineInjector
{
    private const string TraceFlag = "--enable-trace";
    private const string EndpointFlag = "--otlp-traces-endpoint";

    public override string Name => "sglang";

    public override string SwitchName => TraceFlag;

    public override IReadOnlyList<EngineReleaseTable> Releases => [EngineReleases.Sglang];

    public override EngineNotes Notes => new(
        "SGLang",
        $"{TraceFlag}, {EndpointFlag}=HOST:PORT (grpc) or URL (http/protobuf)",
        "grpc without TLS only; service.name is always \"sglang\"");

    public override bool IsImage(ImageReference image) => image.LastPart is "sglang";

    public override bool Recognize(in CommandWords words, out ProgramMatch match)
    {
        match = default;
        var first = words.Program(0) is "sglang" && words.Is(1, "serve") ? 2
            : PythonCommand.ModuleOf(words) is >= 0 and var module && words[module] is "sglang.launch_server" ? module + 1 : 0;
        if (first == 0) return false;
        match = ReadArguments(words, first);
        return true;
    }

    public override ProgramMatch ReadArguments(in CommandWords words, int first)
    {
        var options = ProgramOptions.None;
        if (Option.IsSet(words, first, TraceFlag, "--enable-tr") || Option.IsSet(words, first, EndpointFlag, "--ot") || Option.IsSet(words, first, "--oltp-traces-endpoint", "--ol"))
            options |= ProgramOptions.TracingIsSet;
        if (Option.IsSet(words, first, "--node-rank", "--node")) options |= ProgramOptions.RankIsGiven;
        return new(Name, ProgramRole.Server, first - 1, options);
    }

    protected override Refusal? CheckVersion(EngineTarget target) =>
        CheckRelease(target, EngineReleases.Sglang, "SGLang", target.Version(target.ImageIs("sglang") ? EngineVersion.Parse(target.Program.Tag) : null));

    protected override Refusal? CheckShape(EngineTarget target) => target.Exporter is { Protocol: OtlpEndpoint.Grpc, IsTls: true }
        ? new(Reasons.EndpointInvalid, $"SGLang speaks gRPC without TLS only; annotate the pod with {Annotations.Prefix}{Annotations.OtlpProtocol}: http/protobuf")
        : null;

    protected override void AddEnvironment(EnvDraft env, EngineTarget target) => env.AppendIfAbsent(EngineExporter.TracesProtocolVariable, target.Exporter.Protocol);

    protected override void AddOptions(List<string> options, EngineTarget target, EnvDraft env)
    {
        options.Add(TraceFlag);
        options.Add($"{EndpointFlag}={(target.Exporter.Protocol == OtlpEndpoint.Grpc ? target.Exporter.HostAndPort : target.Exporter.Url)}");
    }
}
