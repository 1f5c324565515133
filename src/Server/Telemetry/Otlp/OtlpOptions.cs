using System.Globalization;
using OpenTelemetry.Exporter;

namespace Spanhook.Server.Telemetry.Otlp;

/// <summary>Where one signal is pushed to.</summary>
/// <param name="Name"><c>metrics</c> or <c>traces</c>.</param>
/// <param name="Endpoint">The full URL, with the path where HTTP needs one.</param>
/// <param name="Protocol">gRPC or protobuf over HTTP.</param>
/// <param name="Headers">As in the variable: <c>name=value,…</c>; can be a secret, and is never logged.</param>
/// <param name="Timeout">Of one push.</param>
internal sealed record OtlpSignal(string Name, Uri Endpoint, OtlpExportProtocol Protocol, string? Headers, TimeSpan Timeout)
{
    // The headers stay out of every text.
    public override string ToString() => $"{Name} to {Endpoint}";
}

/// <summary>Push by OTLP, from the variables that OpenTelemetry's specification names. As it says, what cannot be used is told of and ignored.</summary>
internal sealed record OtlpOptions
{
    public OtlpSignal? Metrics { get; init; }
    public OtlpSignal? Traces { get; init; }

    /// <summary>Between two pushes of metrics.</summary>
    public TimeSpan MetricInterval { get; init; } = TimeSpan.FromSeconds(60);
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>Whether anything was set at all.</summary>
    public bool IsAsked => Metrics is not null || Traces is not null || Problems.Count > 0;

    public static OtlpOptions Read(Func<string, string?> variable)
    {
        if (string.Equals(variable("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase)) return new();
        var problems = new List<string>();
        return new()
        {
            Metrics = ReadSignal("metrics", variable, problems),
            Traces = ReadSignal("traces", variable, problems),
            MetricInterval = Milliseconds(variable, "OTEL_METRIC_EXPORT_INTERVAL", problems) ?? TimeSpan.FromSeconds(60),
            Problems = problems,
        };
    }

    private static OtlpSignal? ReadSignal(string name, Func<string, string?> variable, List<string> problems)
    {
        var signal = name.ToUpperInvariant();
        if (variable($"OTEL_{signal}_EXPORTER") is "none") return null;
        var own = $"OTEL_EXPORTER_OTLP_{signal}_";
        const string Common = "OTEL_EXPORTER_OTLP_";
        var key = string.IsNullOrEmpty(variable(own + "ENDPOINT")) ? Common + "ENDPOINT" : own + "ENDPOINT";
        if (variable(key) is not { Length: > 0 } text) return null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https"))
        {
            problems.Add($"{key} is no URL, and no {name} are pushed: write for example http://collector:4317");
            return null;
        }

        var protocol = Protocol(variable(own + "PROTOCOL") ?? variable(Common + "PROTOCOL"), name, problems);
        if (protocol is null) return null;
        if (protocol == OtlpExportProtocol.HttpProtobuf && key == Common + "ENDPOINT") endpoint = new Uri(endpoint.AbsoluteUri.TrimEnd('/') + "/v1/" + name);
        var timeout = Milliseconds(variable, own + "TIMEOUT", problems) ?? Milliseconds(variable, Common + "TIMEOUT", problems) ?? TimeSpan.FromSeconds(10);
        return new OtlpSignal(name, endpoint, protocol.Value, variable(own + "HEADERS") ?? variable(Common + "HEADERS"), timeout);
    }

    private static OtlpExportProtocol? Protocol(string? text, string name, List<string> problems)
    {
        if (text is null or "" or "grpc") return OtlpExportProtocol.Grpc;
        if (text == "http/protobuf") return OtlpExportProtocol.HttpProtobuf;
        problems.Add($"OTEL_EXPORTER_OTLP_PROTOCOL is not known, and no {name} are pushed: write grpc or http/protobuf");
        return null;
    }

    private static TimeSpan? Milliseconds(Func<string, string?> variable, string key, List<string> problems)
    {
        if (variable(key) is not { Length: > 0 } text) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0) return TimeSpan.FromMilliseconds(value);
        problems.Add($"{key} is ignored: write milliseconds, for example 10000");
        return null;
    }
}
