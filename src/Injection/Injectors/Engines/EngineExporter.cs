using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Injection.Decision;
using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>Where an engine's built-in exporter sends, and how it speaks: one endpoint and protocol, in the shapes that engines understand.</summary>
internal sealed class EngineExporter
{
    public const string TracesProtocolVariable = "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL";
    public const string TracesEndpointVariable = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
    private const string ProtocolVariable = "OTEL_EXPORTER_OTLP_PROTOCOL";

    /// <summary>Why there is no usable endpoint; null when there is one.</summary>
    public Refusal? Problem { get; private init; }
    public string Protocol { get; private init; } = OtlpEndpoint.Grpc;

    /// <summary>As it was written, with the port of the protocol; null with a <see cref="Problem"/>.</summary>
    public string? Endpoint { get; private init; }

    /// <summary>With a scheme, over HTTP with the path of traces; null with a <see cref="Problem"/>.</summary>
    public string? Url { get; private init; }

    /// <summary>Host and port, for exporters that take no scheme.</summary>
    public string HostAndPort => OtlpEndpoint.HostAndPort(Url!);
    public bool IsTls => Url!.StartsWith("https:", StringComparison.Ordinal);

    /// <summary>The endpoint and the protocol, where the port is the other protocol's; null where it is not.</summary>
    public string? Mismatch => OtlpEndpoint.PortContradicts(Endpoint!, Protocol) ? $"{Endpoint} with {Protocol}" : null;

    /// <summary>
    /// The first that there is. Endpoint: the container's own variables, the resource's env, its <c>exporter.endpoint</c>. Protocol: the only
    /// one that the engine speaks, the same variables, the pod's <c>otlp-protocol</c>, HTTP beside the Python agent, the policy's
    /// <c>exporter.protocol</c>, the endpoint's port.
    /// Where the engine or the annotation decides, a well-known port of the other protocol becomes this one's.
    /// </summary>
    public static EngineExporter Read(InjectionContext context, Container container, EngineProtocols protocols)
    {
        var (traces, any) = (Find(context, container, TracesEndpointVariable), Find(context, container, SdkEnvironment.EndpointVariable));
        if (traces.IsReference || any.IsReference) return Invalid("it comes by reference, and cannot be brought into shape");
        var endpoint = traces.Literal ?? any.Literal ?? context.Instrumentation.Endpoint;
        if (endpoint is null) return new() { Problem = new(Reasons.EndpointMissing) };
        var position = 0;
        while (KubernetesExpansion.NextReference(endpoint, ref position, out var reference))
        {
            if (!IsDefined(context, container, reference.ToString())) return Invalid($"it refers to $({reference}), which the container does not define");
        }

        var own = Find(context, container, TracesProtocolVariable).Literal ?? Supported(Find(context, container, ProtocolVariable).Literal);
        var annotated = context.Annotations.First(Annotations.OtlpProtocol) ?? (context.Facts.IsRequested("python", container.Name) ? OtlpEndpoint.HttpProtobuf : null);
        return protocols == EngineProtocols.Both ? Chosen(context, endpoint, own, annotated) : Forced(context, endpoint, own ?? annotated, protocols);
    }

    /// <summary>A variable as the container will have it: its own or the resource's. Empty counts as absent.</summary>
    public static (string? Literal, bool IsReference) Find(InjectionContext context, Container container, string name)
    {
        var own = CommonChecks.FindEnv(container, name);
        if (own.IsPresent()) return own.Member("valueFrom"u8).IsPresent() ? (null, true) : (NonEmpty(own.Text("value"u8)), false);
        var declared = CommonChecks.FindEnv(context.Instrumentation.Env, name);
        return declared?.ValueFrom is { } from && from.IsPresent() ? (null, true) : (NonEmpty(declared?.Value), false);
    }

    private static EngineExporter Chosen(InjectionContext context, string endpoint, string? own, string? annotated)
    {
        if (own is not null) return Check(own, TracesProtocolVariable) ?? Shape(endpoint, own);
        if (annotated is not null) return Check(annotated, Annotations.Prefix + Annotations.OtlpProtocol) ?? Shape(OtlpEndpoint.WithPortOf(endpoint, annotated), annotated);
        return Shape(endpoint, context.Instrumentation.Protocol ?? OtlpEndpoint.ProtocolByPort(endpoint));
    }

    private static EngineExporter Forced(InjectionContext context, string endpoint, string? wished, EngineProtocols protocols)
    {
        var only = protocols == EngineProtocols.GrpcOnly ? OtlpEndpoint.Grpc : OtlpEndpoint.HttpProtobuf;
        wished ??= context.Instrumentation.Protocol;
        var followed = OtlpEndpoint.WithPortOf(endpoint, only);
        return wished is not null && wished != only && followed == endpoint && !OtlpEndpoint.HasPortOf(endpoint, only)
            ? Invalid($"this engine speaks {only} only, and the endpoint is for {wished}")
            : Shape(followed, only);
    }

    private static EngineExporter Shape(string endpoint, string protocol) => OtlpEndpoint.TracesUrl(endpoint, protocol) is { } url
        ? new() { Protocol = protocol, Endpoint = endpoint, Url = url }
        : Invalid("write http://HOST:4317 for grpc, or http://HOST:4318 for http/protobuf");

    private static EngineExporter? Check(string protocol, string where) => protocol is OtlpEndpoint.Grpc or OtlpEndpoint.HttpProtobuf
        ? null
        : Invalid($"{where} is '{protocol}'; engines start only with grpc or http/protobuf");

    private static EngineExporter Invalid(string detail) => new() { Problem = new(Reasons.EndpointInvalid, detail) };

    private static bool IsDefined(InjectionContext context, Container container, string name) =>
        name is "OTEL_NODE_IP" or "OTEL_POD_IP" || CommonChecks.FindEnv(container, name).IsPresent() || CommonChecks.FindEnv(context.Instrumentation.Env, name) is not null;

    private static string? NonEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    // An SDK may speak http/json; no engine does.
    private static string? Supported(string? protocol) => protocol is null or OtlpEndpoint.Grpc ? protocol : OtlpEndpoint.HttpProtobuf;
}
