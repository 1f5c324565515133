using Spanhook.Api;
using Spanhook.Injection.CommandLine;
using Spanhook.Injection.Decision;
using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>vLLM: only the flag starts its tracing; the environment shapes it.</summary>
internal sealed class VllmInjector : EngineInjector
{
    private const string EndpointFlag = "--otlp-traces-endpoint";
    private const string UseV1 = "VLLM_USE_V1";
    private static readonly EngineVersion FirstV1 = new(0, 8, 0);
    private static readonly EngineVersion FirstTracedV1 = new(0, 10, 2);

    public override string Name => "vllm";

    public override string SwitchName => EndpointFlag;

    public override IReadOnlyList<EngineReleaseTable> Releases => [EngineReleases.Vllm];

    public override EngineNotes Notes => new(
        "vLLM",
        $"{EndpointFlag}=URL, {EngineExporter.TracesProtocolVariable}",
        "not with --disable-log-stats, --headless, or VLLM_USE_V1=1 on 0.8.0 to 0.10.1; with --config only if the pod itself asks",
        $"llm-d-cuda ≥ {VllmImages.FirstLlmDWithPackages}");

    public override bool IsImage(ImageReference image) => VllmImages.IsVllm(image);

    public override bool Recognize(in CommandWords words, out ProgramMatch match)
    {
        match = default;
        if (words.Program(0) is "vllm")
        {
            // Between serve and its model no word may stand.
            match = words.Is(1, "serve") ? ReadArguments(words, words.Count > 2 && !words[2].StartsWith('-') ? 3 : 2)
                : new(Name, words.Is(1, "launch") && words.Is(2, "render") ? ProgramRole.Render : ProgramRole.Other, 0);
            return true;
        }

        if (PythonCommand.ModuleOf(words) is not (>= 0 and var module) || !words[module].StartsWith("vllm.")) return false;
        match = words[module] switch
        {
            "vllm.entrypoints.openai.api_server" or "vllm.entrypoints.api_server" => ReadArguments(words, module + 1),

            // Tracing through it was never seen to work.
            "vllm.entrypoints.grpc_server" => new(Name, ProgramRole.Server, module, ProgramOptions.TakesNoOptions),
            _ => new(Name, ProgramRole.Other, module),
        };
        return true;
    }

    public override ProgramMatch ReadArguments(in CommandWords words, int first)
    {
        var options = ProgramOptions.None;
        if (Option.IsSet(words, first, EndpointFlag, "--ot")) options |= ProgramOptions.TracingIsSet;
        if (Option.IsSet(words, first, "--disable-log-stats", "--disable-log-s")) options |= ProgramOptions.LogStatsDisabled;
        if (Option.IsSet(words, first, "--config", "--config")) options |= ProgramOptions.ConfigFile;
        return new(Name, Option.IsSet(words, first, "--headless", "--head") ? ProgramRole.Headless : ProgramRole.Server, first - 1, options);
    }

    protected override Refusal? CheckOptions(EngineTarget target)
    {
        var options = target.Program.Options | VllmEnvironmentOptions.Read(target.Container, this);
        if (options.HasFlag(ProgramOptions.TracingIsSet))
            return Configured(target);
        if (options.HasFlag(ProgramOptions.TakesNoOptions) && !target.Program.Has(ProgramOptions.TakesNoOptions)) return new(Reasons.EngineHeadless);
        if (options.HasFlag(ProgramOptions.LogStatsDisabled)) return new(Reasons.EngineDisablesLogStats);
        return options.HasFlag(ProgramOptions.ConfigFile) && !target.Context.IsExplicit
            ? new(Reasons.EngineConfigFile, $"annotate the pod itself with {Annotations.Prefix}{Annotations.Inject(Name)}")
            : null;
    }

    protected override Refusal? CheckVersion(EngineTarget target)
    {
        var version = Version(target);
        var isForcedToV1 = target.Literal(UseV1) == "1";
        if (version is null)
        {
            if (VllmImages.HasPackages(target.Program)) return null;
            if (isForcedToV1 && VllmImages.DateBeforeTracedV1(target.Program.Tag) is { } date) return new(Reasons.EngineForcedToV1, $"the image is of {date:yyyy-MM-dd}");
            if (target.AcceptsUnknownVersion) return null;
            return target.Unknown == UnknownVersionMode.Guard ? CheckGuard(target) : target.RefuseUnknownVersion("vLLM");
        }

        var line = EngineReleases.Vllm.Of(version.Value);
        if (line.Reason is not null && isForcedToV1 && version.Value.IsAtLeast(FirstV1) && !version.Value.IsAtLeast(FirstTracedV1) && line.Reason == Reasons.EngineFallsBackToV0)
            return new(Reasons.EngineForcedToV1, $"vLLM {version}");

        // It works there, at the price of the slower engine: for whoever asks for it on the pod.
        if (line.Reason == Reasons.EngineFallsBackToV0 && target.AcceptsUnknownVersion) return null;
        return line.Reason is { } reason ? new(reason, $"vLLM {version}") : null;
    }

    // The agent has no gRPC exporter, without which vLLM's own tracing counts the packages as missing: so both need the image's, and HTTP.
    protected override Refusal? CheckAgent(EngineTarget target)
    {
        if (!target.IsWithAgent) return null;
        if ((Version(target) is not { } version || EngineReleases.Vllm.Of(version).Reason is not null) && !VllmImages.HasPackages(target.Program)) return new(Reasons.EngineWithAgent);
        return target.Exporter is { Problem: null, Protocol: not OtlpEndpoint.HttpProtobuf }
            ? new(Reasons.EngineWithAgent, $"together they need {EngineExporter.TracesProtocolVariable}=http/protobuf, which is set otherwise")
            : null;
    }

    protected override void AddEnvironment(EnvDraft env, EngineTarget target) =>
        // vLLM reads this variable and no other for the protocol, and exits at any value but these two.
        env.AppendIfAbsent(EngineExporter.TracesProtocolVariable, target.Exporter.Protocol);

    protected override void AddOptions(List<string> options, EngineTarget target, EnvDraft env)
    {
        options.Add($"{EndpointFlag}={target.Exporter.Url}");
        if (VllmDetailedTraces.Read(target, Version(target)).Value is { } detailed) options.Add($"--collect-detailed-traces={detailed}");
        target.IsGuarded = target.Unknown == UnknownVersionMode.Guard && Version(target) is null && !VllmImages.HasPackages(target.Program);
    }

    protected override Refusal? Warn(EngineTarget target) =>
        VllmDetailedTraces.Read(target, Version(target)).Problem is { } problem ? new(Reasons.DetailedTracesInvalid, problem) : null;

    // It takes the place of a command, so there must be one: an image's entrypoint is not ours to replace. And it puts its options at the end.
    private static Refusal? CheckGuard(EngineTarget target)
    {
        var container = target.Container;
        var isWhole = target.Program is { Form: LaunchForm.Exec, Place: { } place } && place.Index == (place.InArgs ? container.Args : container.Command).Count();
        return isWhole && container.Command.Count() > 0 ? null
            : new(Reasons.EngineVersionUnknown, $"the guard needs a command that is a list of words, without a bare --; annotate the pod with {Annotations.Prefix}{Annotations.EngineVersion}");
    }

    private static EngineVersion? Version(EngineTarget target) => target.Version(VllmImages.VersionOf(target.Program));
}
