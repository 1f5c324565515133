using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Injection.CommandLine;
using Spanhook.Injection.Decision;
using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>
/// vLLM's built-in tracing. Only the flag starts it; the environment shapes it. An engine that runs without tracing is better than one that
/// does not start, so whatever is not known to work is refused with what to write instead.
/// </summary>
internal sealed class VllmInjector : IInjector
{
    private const string EndpointFlag = "--otlp-traces-endpoint";

    public string Name => "vllm";
    public bool SupportsInitContainers => true;
    public bool IsEngine => true;
    public string? DefaultProtocol => OtlpEndpoint.Grpc;

    public Refusal? Check(InjectionContext context, Container container)
    {
        var command = VllmCommand.Read(container);
        return CheckRole(context, command)
            ?? CheckFlags(context, container, command)
            ?? CheckVersion(context, container)
            ?? CheckEndpoint(context, container)
            ?? CommonChecks.Check(context, container);
    }

    public void Inject(PodDraft draft, InjectionContext context)
    {
        foreach (var target in context.Targets)
        {
            var container = draft.Container(target);
            var settings = EngineExporter.Read(context, container.View);
            SdkEnvironment.AddCommon(container.Env, context.Instrumentation);

            // vLLM reads this variable and no other for the protocol, and exits at any value but these two.
            container.Env.AppendIfAbsent(EngineExporter.TracesProtocolVariable, settings.Protocol);
            SdkEnvironment.Configure(container.Env, context, container.View);
            SdkEnvironment.AddCertificateVolumes(draft, container.Mounts, context.Instrumentation);
            AddFlag(container, $"{EndpointFlag}={settings.TracesUrl}");
        }
    }

    private static Refusal? CheckRole(InjectionContext context, VllmCommand command) => command.Role switch
    {
        VllmRole.None => new(Reasons.EngineNotFound),
        VllmRole.Other => new(Reasons.EngineNotAServer),
        VllmRole.Headless => new(Reasons.EngineHeadless),
        VllmRole.Opaque when command.Launch.Form == LaunchForm.Shell => new(Reasons.EngineCommandOpaque, "it is started by a shell"),
        VllmRole.Opaque => new(Reasons.EngineCommandOpaque, "the container has neither command nor args"),
        _ when command.Launch.CommandLength == 0 && context.Pod.Labels.Member("ray.io/node-type"u8).IsPresent() =>
            new(Reasons.EngineCommandOpaque, "KubeRay fills in the command later"),
        _ => null,
    };

    private Refusal? CheckFlags(InjectionContext context, Container container, VllmCommand command)
    {
        var words = command.Launch.Words;
        if (Flag.IsSet(words, command.FirstOption, EndpointFlag, "--ot"))
            return context.Facts.Marker.Names(Name) ? new(Reasons.AlreadyInjected) : new(Reasons.AlreadyConfigured, EndpointFlag);
        if (Flag.IsSet(words, command.FirstOption, "--disable-log-stats", "--disable-log-s")) return new(Reasons.EngineDisablesLogStats);
        if (Flag.IsSet(words, command.FirstOption, "--config", "--config") && !context.IsExplicit)
            return new(Reasons.EngineConfigFile, $"annotate the pod itself with {Annotations.Prefix}{Annotations.Inject(Name)}");
        return context.Facts.IsRequested("python", container.Name) ? new(Reasons.EngineWithAgent) : null;
    }

    private static Refusal? CheckVersion(InjectionContext context, Container container)
    {
        if (context.Annotations.First(Annotations.EngineVersion) is { } written)
        {
            return EngineVersion.Parse(written) is { } stated
                ? VllmVersions.Check(stated)
                : new(Reasons.EngineVersionUnknown, $"{Annotations.Prefix}{Annotations.EngineVersion} is '{written}'; write a version such as 0.17.0");
        }

        if (VllmImages.HasPackages(container.Image)) return null;
        return VllmImages.VersionOf(container.Image) is { } version
            ? VllmVersions.Check(version)
            : new(Reasons.EngineVersionUnknown, $"if the image has vLLM 0.17.0 or newer, annotate the pod with {Annotations.Prefix}{Annotations.EngineVersion}: \"0.17.0\" (its version)");
    }

    private static Refusal? CheckEndpoint(InjectionContext context, Container container)
    {
        var settings = EngineExporter.Read(context, container);
        if (settings.Endpoint is null) return new(settings.IsReference ? Reasons.EndpointInvalid : Reasons.EndpointMissing, settings.IsReference ? "it comes by reference, and cannot be brought into shape" : null);
        if (settings.Protocol is not (OtlpEndpoint.Grpc or OtlpEndpoint.HttpProtobuf))
            return new(Reasons.EndpointInvalid, $"{EngineExporter.TracesProtocolVariable} is '{settings.Protocol}'; vLLM starts only with grpc or http/protobuf");
        if (settings.TracesUrl is null) return new(Reasons.EndpointInvalid, "write http://HOST:4317 for grpc, or http://HOST:4318 for http/protobuf");
        return settings.UndefinedReference is { } undefined ? new(Reasons.EndpointInvalid, $"it refers to $({undefined}), which the container does not define") : null;
    }

    // Behind the last option: the = form is safe there even after an open list. A bare -- ends the options, so before it.
    private static void AddFlag(ContainerDraft container, string flag)
    {
        var command = VllmCommand.Read(container.View);
        var place = Flag.EndOfOptions(command.Launch.Words, command.FirstOption);
        var inArgs = place - command.Launch.CommandLength;
        if (inArgs < 0 || container.View.Args.Count() == 0) container.Command.Insert(place, flag);
        else container.Args.Insert(inArgs, flag);
    }
}
