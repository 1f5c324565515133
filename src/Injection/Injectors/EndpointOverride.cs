using Spanhook.Api.Core;
using Spanhook.Injection.Cluster;
using Spanhook.Injection.Decision;

namespace Spanhook.Injection.Injectors;

/// <summary>
/// The endpoint that the annotation <c>otlp-endpoint</c> of a pod, or of its namespace, chooses instead of the Instrumentation's. Only to where the policies
/// let it go: a tenant who chooses where telemetry goes can also take it out of the cluster.
/// </summary>
internal sealed class EndpointOverride
{
    public static readonly EndpointOverride None = new();

    private static readonly string[] Replaced = [SdkEnvironment.EndpointVariable, Engines.EngineExporter.TracesEndpointVariable];

    /// <summary>The endpoint; null when there is none that is allowed.</summary>
    public string? Endpoint { get; private init; }

    /// <summary>Why what is written is not used; null when it is, or nothing is written.</summary>
    public Refusal? Refusal { get; private init; }

    public static EndpointOverride Read(RequestAnnotations annotations, PolicySettings policy)
    {
        if (annotations.First(Annotations.OtlpEndpoint) is not { } written) return None;
        var key = Annotations.Prefix + Annotations.OtlpEndpoint;
        if (policy.EndpointOverride?.AllowsEndpointOverride is not true)
        {
            var who = policy.EndpointOverride?.Name is { } name ? $"TracingPolicy {name} denies it" : "no TracingPolicy allows it";
            return Refuse($"{key} is ignored: {who}; ask for limits.endpointOverride: Allowed, or remove the annotation");
        }

        if (HostOf(written) is not { } host) return Refuse($"{key} is '{written}'; write http://HOST:PORT or https://HOST:PORT");
        return policy.AllowedEndpoints.Any(allowed => Covers(allowed, host))
            ? new() { Endpoint = written }
            : Refuse($"{key} is ignored: {host} is none of {(policy.AllowedEndpoints.Count == 0 ? "limits.allowedEndpoints, which is empty" : string.Join(", ", policy.AllowedEndpoints))}");
    }

    /// <summary>The Instrumentation with the endpoint that was chosen; itself when none was.</summary>
    public CompiledInstrumentation ApplyTo(CompiledInstrumentation instrumentation) =>
        Endpoint is null ? instrumentation : instrumentation with { Endpoint = Endpoint, Env = Without(instrumentation.Env) };

    /// <inheritdoc cref="ApplyTo(CompiledInstrumentation)"/>
    public CompiledSection ApplyTo(CompiledSection section) => Endpoint is null ? section : section with { Env = Without(section.Env) };

    /// <summary>
    /// The host of an endpoint, lower case; null for anything in which another reader might see another host: userinfo, references, backslashes, a query.
    /// </summary>
    public static string? HostOf(string endpoint)
    {
        var rest = endpoint.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? endpoint.AsSpan(7)
            : endpoint.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? endpoint.AsSpan(8) : default;
        if (rest.IndexOfAnyExcept(Plain) >= 0) return null;
        var slash = rest.IndexOf('/');
        var authority = slash < 0 ? rest : rest[..slash];
        var colon = authority.IndexOf(':');
        var host = colon < 0 ? authority : authority[..colon];
        if (colon >= 0 && !ushort.TryParse(authority[(colon + 1)..], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out _)) return null;
        if (host.EndsWith('.')) host = host[..^1];
        return host.IsEmpty || host[0] == '.' || host.Contains("..", StringComparison.Ordinal) ? null : host.ToString().ToLowerInvariant();
    }

    /// <summary>True when the host is the one that is allowed, or ends in it at the border of a label. An address only as it is.</summary>
    public static bool Covers(string allowed, string host)
    {
        var ending = allowed.AsSpan().TrimStart('.');
        if (host.AsSpan().Equals(ending, StringComparison.OrdinalIgnoreCase)) return true;
        return host.Length > ending.Length && host[host.Length - ending.Length - 1] == '.' && host.AsSpan().EndsWith(ending, StringComparison.OrdinalIgnoreCase)
            && host.AsSpan().IndexOfAnyExcept(OfAddresses) >= 0;
    }

    private static IReadOnlyList<EnvVar> Without(IReadOnlyList<EnvVar> env) =>
        env.Any(e => Replaced.Contains(e.Name, StringComparer.Ordinal)) ? [.. env.Where(e => !Replaced.Contains(e.Name, StringComparer.Ordinal))] : env;

    private static EndpointOverride Refuse(string detail) => new() { Refusal = new(Reasons.EndpointNotAllowed, detail) };

    private static readonly System.Buffers.SearchValues<char> OfAddresses = System.Buffers.SearchValues.Create("0123456789.");

    private static readonly System.Buffers.SearchValues<char> Plain = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:/");
}
