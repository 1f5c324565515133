using System.Globalization;
using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Api.OpenTelemetry;
using Spanhook.Injection.Injectors;

namespace Spanhook.Injection.Cluster;

/// <summary>What the CRD's schema and the operator's validating webhook would refuse or warn of.</summary>
internal static class InstrumentationValidator
{
    private static readonly string[] Propagators = ["tracecontext", "baggage", "b3", "b3multi", "jaeger", "xray", "ottrace", "none"];

    private static readonly string[] Samplers =
    [
        "always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio",
        "jaeger_remote", "parentbased_jaeger_remote", "xray",
    ];

    public static void Validate(InstrumentationSpec spec, ProblemCollector problems)
    {
        ValidateSampler(spec.Sampler, problems);
        ValidateExporter(spec, problems);
        ValidateEnv(spec.Env, "env", problems);
        foreach (var propagator in spec.Propagators ?? [])
        {
            if (!Propagators.Contains(propagator, StringComparer.Ordinal))
                problems.Error("propagators", $"'{propagator}' is not known; write one of {string.Join(", ", Propagators)}");
        }

        foreach (var defaults in AgentDefaults.All)
        {
            if (InstrumentationCompiler.SectionOf(spec, defaults.Injector) is { } section) ValidateSection(section, JsonKey(defaults.Injector), problems);
        }
    }

    private static string JsonKey(string injector) => injector == "apache-httpd" ? "apacheHttpd" : injector;

    private static void ValidateSampler(SamplerSection? sampler, ProblemCollector problems)
    {
        var type = sampler?.Type;
        var argument = sampler?.Argument;
        if (string.IsNullOrEmpty(type))
        {
            if (!string.IsNullOrEmpty(argument)) problems.Warn("sampler.type", "is not set, so that sampler.argument has no effect");
            return;
        }

        if (!Samplers.Contains(type, StringComparer.Ordinal))
        {
            problems.Error("sampler.type", $"'{type}' is not known; write one of {string.Join(", ", Samplers)}");
            return;
        }

        if (string.IsNullOrEmpty(argument)) return;
        if (type is "traceidratio" or "parentbased_traceidratio" && !IsRatio(argument))
            problems.Error("sampler.argument", $"'{argument}' is no ratio; write a number from 0 to 1, for example \"0.25\"");
        if (type is "jaeger_remote" or "parentbased_jaeger_remote") ValidateJaegerRemote(argument, problems);
    }

    private static void ValidateJaegerRemote(string argument, ProblemCollector problems)
    {
        foreach (var pair in argument.Split(','))
        {
            var parts = pair.Split('=');
            var valid = parts.Length == 2 && parts[0].Trim() switch
            {
                "endpoint" => parts[1].Length > 0,
                "pollingIntervalMs" => long.TryParse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
                "initialSamplingRate" => IsRatio(parts[1]),
                _ => true,
            };
            if (!valid) problems.Error("sampler.argument", $"'{pair}' is not valid; write endpoint=URL,pollingIntervalMs=MILLISECONDS,initialSamplingRate=0..1");
        }
    }

    private static bool IsRatio(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var ratio) && ratio is >= 0 and <= 1;

    private static void ValidateExporter(InstrumentationSpec spec, ProblemCollector problems)
    {
        var exporter = spec.Exporter;
        if (exporter is null) return;
        if (!string.IsNullOrEmpty(exporter.Protocol) && exporter.Protocol is not (OtlpEndpoint.Grpc or OtlpEndpoint.HttpProtobuf))
            problems.Error("exporter.protocol", $"'{exporter.Protocol}' is not known; write grpc or http/protobuf");

        var endpoint = exporter.Endpoint ?? "";
        var protocol = exporter.Protocol ?? EnvValue(spec.Env, "OTEL_EXPORTER_OTLP_PROTOCOL");
        if (protocol is not null && OtlpEndpoint.PortContradicts(endpoint, protocol))
            problems.Warn("exporter.endpoint", $"the port of {endpoint} does not fit the protocol {protocol}: 4317 is grpc, 4318 is http/protobuf");

        var https = endpoint.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
        if (exporter.Tls is not { } tls)
        {
            if (https) problems.Warn("exporter.tls", "is not set although the endpoint is https://; the collector's certificate must be signed by a public authority");
            return;
        }

        if (string.IsNullOrEmpty(tls.CertFile) != string.IsNullOrEmpty(tls.KeyFile))
            problems.Warn("exporter.tls", "cert_file and key_file must be set together");
        if (endpoint.Length > 0 && !https) problems.Warn("exporter.tls", "has no effect: the endpoint does not begin with https://");
    }

    private static string? EnvValue(IReadOnlyList<EnvVar>? env, string name) => env?.FirstOrDefault(e => e.Name == name)?.Value;

    private static void ValidateSection(InjectorSection section, string key, ProblemCollector problems)
    {
        ValidateEnv(section.Env, key + ".env", problems);
        ValidateEnv(section.Attrs, key + ".attrs", problems);
        if (InstrumentationCompiler.IsClaim(section.VolumeClaimTemplate) && section.VolumeLimitSize is { } size && size.IsPresent())
            problems.Error(key + ".volumeLimitSize", "cannot stand beside volumeClaimTemplate; remove one of them");
        ValidatePath(section.ConfigPath, key + ".configPath", problems);
        ValidatePath(section.ConfigFile, key + ".configFile", problems);
        foreach (var extension in section.Extensions ?? [])
        {
            if (extension.Image.Length == 0 || extension.Dir.Length == 0) problems.Error(key + ".extensions", "each needs image and dir");
        }
    }

    private static void ValidateEnv(IReadOnlyList<EnvVar>? env, string field, ProblemCollector problems)
    {
        foreach (var variable in env ?? [])
        {
            if (variable.Name.Length == 0) problems.Error(field, "an entry has no name");
            else if (variable.Name.Contains('=', StringComparison.Ordinal)) problems.Error(field, $"'{variable.Name}' is no name of a variable: it has a '='");
            else if (!string.IsNullOrEmpty(variable.Value) && variable.ValueFrom is { } from && from.IsPresent())
                problems.Error(field, $"{variable.Name} has both value and valueFrom; remove one of them");
        }
    }

    private static void ValidatePath(string? path, string field, ProblemCollector problems)
    {
        if (string.IsNullOrEmpty(path)) return;
        if (path.Length > 256 || path.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '/' or '-')))
            problems.Error(field, $"'{path}' is not a path of at most 256 letters, digits and . _ / -");
    }
}
