using System.Text;

namespace Spanhook.Injection.Injectors;

/// <summary>One OTLP endpoint in the shapes that its readers understand.</summary>
internal static class OtlpEndpoint
{
    public const string Grpc = "grpc";
    public const string HttpProtobuf = "http/protobuf";

    private const string TracesPath = "/v1/traces";

    /// <summary>True when the port is the well-known one of the other protocol: 4317 is grpc, 4318 is HTTP.</summary>
    public static bool PortContradicts(string endpoint, string protocol) => PortOf(endpoint) switch
    {
        "4317" => protocol.StartsWith("http/", StringComparison.Ordinal),
        "4318" => protocol == Grpc,
        _ => false,
    };

    /// <summary>The protocol that a port is known for; grpc for any other, which is what the engines speak by default.</summary>
    public static string ProtocolByPort(string endpoint) => PortOf(endpoint) is "4318" ? HttpProtobuf : Grpc;

    /// <summary>True when the port is the one that the protocol is known by.</summary>
    public static bool HasPortOf(string endpoint, string protocol) => PortOf(endpoint).SequenceEqual(protocol == Grpc ? "4317" : "4318");

    /// <summary>The endpoint with the protocol's own port where it has the other's well-known one; to grpc also without the path of traces.</summary>
    public static string WithPortOf(string endpoint, string protocol)
    {
        var (other, own) = protocol == Grpc ? (":4318", ":4317") : (":4317", ":4318");
        if (!PortOf(endpoint).SequenceEqual(other.AsSpan(1))) return endpoint;
        var at = endpoint.IndexOf(other, StringComparison.Ordinal);
        var path = endpoint.AsSpan(at + other.Length);
        return $"{endpoint.AsSpan(0, at)}{own}{(protocol == Grpc && path.TrimEnd('/') is TracesPath ? default : path)}";
    }

    /// <summary>Host and port of a URL.</summary>
    public static string HostAndPort(string url)
    {
        var start = url.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = url.IndexOf('/', start);
        return end < 0 ? url[start..] : url[start..end];
    }

    /// <summary>
    /// A URL for a reader that takes one traces endpoint as it is (vLLM): always with a scheme, over HTTP with the path. A scheme of
    /// grpc:// would mean TLS to some versions and plain text to others, and a bare host:port likewise, so both become http://.
    /// Null when it is no URL that can stand in a command line: a host, and nothing that a shell or YAML would read differently.
    /// </summary>
    public static string? TracesUrl(string endpoint, string protocol)
    {
        var text = endpoint.AsSpan().Trim();
        var separator = text.IndexOf("://", StringComparison.Ordinal);
        var scheme = separator < 0 ? "http" : SchemeOf(text[..separator]);
        var rest = separator < 0 ? text : text[(separator + 3)..];
        if (scheme is null || rest.Length == 0 || rest[0] is '/' or ':' || rest.IndexOfAnyExcept(UrlCharacters) >= 0) return null;
        if (protocol == Grpc) return $"{scheme}://{rest}";

        var path = rest.IndexOf('/');
        return path >= 0 && rest[path..].TrimEnd('/').Length > 0 ? $"{scheme}://{rest}" : $"{scheme}://{rest.TrimEnd('/')}{TracesPath}";
    }

    private static string? SchemeOf(ReadOnlySpan<char> scheme)
    {
        if (Ascii.EqualsIgnoreCase(scheme, "https")) return "https";
        return Ascii.EqualsIgnoreCase(scheme, "http") || Ascii.EqualsIgnoreCase(scheme, "grpc") ? "http" : null;
    }

    // '$', '(' and ')' are for $(NODE_IP), which the kubelet expands before anything else reads it.
    private static readonly System.Buffers.SearchValues<char> UrlCharacters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/[]@%$()");

    private static ReadOnlySpan<char> PortOf(string endpoint)
    {
        var start = endpoint.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme ? scheme + 3 : 0;
        var end = endpoint.IndexOf('/', start);
        var authority = end < 0 ? endpoint.AsSpan(start) : endpoint.AsSpan(start..end);
        var colon = authority.LastIndexOf(':');
        return colon < 0 ? "" : authority[(colon + 1)..];
    }
}
