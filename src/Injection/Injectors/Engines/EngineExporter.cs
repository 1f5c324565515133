using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>Where an engine's built-in exporter sends, and how it speaks.</summary>
internal readonly record struct EngineExporter
{
    public const string TracesProtocolVariable = "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL";

    private const string TracesEndpointVariable = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
    private const string ProtocolVariable = "OTEL_EXPORTER_OTLP_PROTOCOL";

    /// <summary>The endpoint as it was written; null when there is none, or <see cref="IsReference"/>.</summary>
    public string? Endpoint { get; private init; }

    /// <summary>True when the container's own endpoint comes by <c>valueFrom</c>.</summary>
    public bool IsReference { get; private init; }
    public string Protocol { get; private init; }

    /// <summary>The URL for the engine's flag; null when the endpoint is no usable URL.</summary>
    public string? TracesUrl { get; private init; }

    /// <summary>A <c>$(VAR)</c> of the endpoint that is not defined in the container; null when all are.</summary>
    public string? UndefinedReference { get; private init; }

    /// <summary>
    /// The first that there is. Endpoint: the container's own variables, the resource's env, its <c>exporter.endpoint</c>. Protocol: the same
    /// variables, the policy's <c>exporter.protocol</c>, the port of the endpoint.
    /// </summary>
    public static EngineExporter Read(InjectionContext context, Container container)
    {
        if (IsReferenceTo(context, container, TracesEndpointVariable) || IsReferenceTo(context, container, SdkEnvironment.EndpointVariable))
            return new() { IsReference = true, Protocol = OtlpEndpoint.Grpc };
        var endpoint = Literal(context, container, TracesEndpointVariable) ?? Literal(context, container, SdkEnvironment.EndpointVariable) ?? context.Instrumentation.Endpoint;
        if (endpoint is null) return new() { Protocol = OtlpEndpoint.Grpc };
        var protocol = Literal(context, container, TracesProtocolVariable) ?? Supported(Literal(context, container, ProtocolVariable))
            ?? context.Instrumentation.Protocol ?? OtlpEndpoint.ProtocolByPort(endpoint);
        return new()
        {
            Endpoint = endpoint,
            Protocol = protocol,
            TracesUrl = OtlpEndpoint.TracesUrl(endpoint, protocol),
            UndefinedReference = FirstUndefined(context, container, endpoint),
        };
    }

    private static string? FirstUndefined(InjectionContext context, Container container, string endpoint)
    {
        var position = 0;
        while (KubernetesExpansion.NextReference(endpoint, ref position, out var reference))
        {
            var name = reference.ToString();
            if (!IsDefined(context, container, name)) return name;
        }

        return null;
    }

    /// <summary>The value that the container will have, its own or the resource's; null when there is none, or an empty one.</summary>
    private static string? Literal(InjectionContext context, Container container, string name)
    {
        var own = CommonChecks.FindEnv(container, name);
        var value = own.IsPresent() ? own.Text("value"u8) : CommonChecks.FindEnv(context.Instrumentation.Env, name)?.Value;
        return string.IsNullOrEmpty(value) ? null : value;
    }

    private static bool IsReferenceTo(InjectionContext context, Container container, string name)
    {
        var own = CommonChecks.FindEnv(container, name);
        return own.IsPresent() ? own.Member("valueFrom"u8).IsPresent() : CommonChecks.FindEnv(context.Instrumentation.Env, name)?.ValueFrom is { } from && from.IsPresent();
    }

    private static bool IsDefined(InjectionContext context, Container container, string name) =>
        name is "OTEL_NODE_IP" or "OTEL_POD_IP" || CommonChecks.FindEnv(container, name).IsPresent() || CommonChecks.FindEnv(context.Instrumentation.Env, name) is not null;

    // An SDK may speak http/json; no engine does.
    private static string? Supported(string? protocol) => protocol switch
    {
        null => null,
        OtlpEndpoint.Grpc => protocol,
        _ => OtlpEndpoint.HttpProtobuf,
    };
}
