using Spanhook.Injection.CommandLine;
using Spanhook.Injection.Decision;
using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>The router of vLLM's production-stack: flags with host and port, the scheme as a flag of its own. It sets its name itself.</summary>
internal sealed class VllmRouterInjector : EngineInjector
{
    private const string EndpointFlag = "--otel-endpoint";

    public override string Name => "vllm-router";
    public override EngineProtocols Protocols => EngineProtocols.GrpcOnly;
    public override string ServiceName => "vllm-router";

    public override string SwitchName => EndpointFlag;

    public override EngineNotes Notes => new(
        "production-stack router",
        $"{EndpointFlag}=HOST:PORT, --otel-service-name=NAME, --otel-secure",
        "its tags do not tell how old it is, so the pod must accept it: engine-unknown-version: inject",
        "of 2026-01 or newer");

    public override bool IsImage(ImageReference image) => image.LastPart is "lmstack-router" or "vllm-router";

    public override bool Recognize(in CommandWords words, out ProgramMatch match)
    {
        match = words.Program(0) is "vllm-router" ? ReadArguments(words, 1)
            : PythonCommand.ModuleOf(words) is >= 0 and var module && words[module] is "vllm_router.app" ? ReadArguments(words, module + 1) : default;
        return match != default;
    }

    public override ProgramMatch ReadArguments(in CommandWords words, int first) =>
        new(Name, ProgramRole.Router, first - 1, Option.IsSet(words, first, EndpointFlag, "--otel-e") ? ProgramOptions.TracingIsSet : ProgramOptions.None);

    protected override Refusal? CheckVersion(EngineTarget target) => target.AcceptsUnknownVersion ? null
        : new(Reasons.EngineVersionUnknown, $"an older router stops at the flag; if it is of 2026 or newer, annotate the pod with {Annotations.Prefix}{Annotations.UnknownVersion}: inject");

    protected override void AddOptions(List<string> options, EngineTarget target, EnvDraft env)
    {
        options.Add($"{EndpointFlag}={target.Exporter.HostAndPort}");
        if (env.Literal(SdkEnvironment.ServiceNameVariable) is { Length: > 0 } name && target.CanPass(name)) options.Add($"--otel-service-name={name}");
        if (target.Exporter.IsTls) options.Add("--otel-secure");
    }
}
