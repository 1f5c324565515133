using System.Globalization;
using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Api.OpenTelemetry;
using Spanhook.Injection.Cluster.PodFieldRules;
using Spanhook.Injection.Injectors;

namespace Spanhook.Injection.Cluster;

/// <summary>What the CRD's schema and the operator's validating webhook would refuse or warn of, and what the API server would refuse in a pod.</summary>
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
        EnvRules.Check(spec.Env, "env", problems);
        foreach (var key in spec.Resource?.ResourceAttributes?.Keys ?? []) EnvRules.CheckText(key, "resource.resourceAttributes", problems);
        PodFields.CheckPullPolicy(spec.ImagePullPolicy, "imagePullPolicy", problems);
        PodFields.Check(SecurityContextRules.Container, spec.InitContainerSecurityContext, "initContainerSecurityContext", problems);
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

    /// <summary>The key of an injector's section.</summary>
    public static string JsonKey(string injector) => injector == "apache-httpd" ? "apacheHttpd" : injector;

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
        EnvRules.CheckText(argument, "sampler.argument", problems);
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
        EnvRules.CheckText(endpoint, "exporter.endpoint", problems);
        var protocol = exporter.Protocol ?? EnvValue(spec.Env, "OTEL_EXPORTER_OTLP_PROTOCOL");
        if (protocol is not null && OtlpEndpoint.PortContradicts(endpoint, protocol))
            problems.Warn("exporter.endpoint", $"the port of {endpoint} does not fit the protocol {protocol}: 4317 is grpc, 4318 is http/protobuf");

        var https = endpoint.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
        if (exporter.Tls is not { } tls)
        {
            if (https) problems.Warn("exporter.tls", "is not set although the endpoint is https://; the collector's certificate must be signed by a public authority");
            return;
        }

        PodFields.CheckName(tls.SecretName, "a Secret", "exporter.tls.secretName", problems);
        PodFields.CheckName(tls.ConfigMapName, "a ConfigMap", "exporter.tls.configMapName", problems);
        EnvRules.CheckText(tls.CaFile, "exporter.tls.ca_file", problems);
        EnvRules.CheckText(tls.CertFile, "exporter.tls.cert_file", problems);
        EnvRules.CheckText(tls.KeyFile, "exporter.tls.key_file", problems);
        if (string.IsNullOrEmpty(tls.CertFile) != string.IsNullOrEmpty(tls.KeyFile))
            problems.Warn("exporter.tls", "cert_file and key_file must be set together");
        if (endpoint.Length > 0 && !https) problems.Warn("exporter.tls", "has no effect: the endpoint does not begin with https://");
    }

    private static string? EnvValue(IReadOnlyList<EnvVar>? env, string name) => env?.FirstOrDefault(e => e.Name == name)?.Value;

    private static void ValidateSection(InjectorSection section, string key, ProblemCollector problems)
    {
        PodFields.CheckImage(section.Image, key + ".image", problems);
        EnvRules.Check(section.Env, key + ".env", problems);
        ValidateAttributes(section.Attrs, key + ".attrs", problems);
        ValidateVolume(section, key, problems);
        PodFields.Check(SecurityContextRules.Container, section.SecurityContext, key + ".securityContext", problems);
        PodFields.Check(ResourceRules.Container, section.Resources, key + ".resources", problems);
        PodFields.Check(ResourceRules.Container, section.ResourceRequirements, key + ".resourceRequirements", problems);
        ValidatePath(section.ConfigPath, key + ".configPath", problems);
        ValidatePath(section.ConfigFile, key + ".configFile", problems);
        for (var i = 0; i < section.Extensions?.Count; i++)
        {
            var extension = section.Extensions[i];
            if (extension.Image.Length == 0 || extension.Dir.Length == 0) problems.Error(key + ".extensions", "each needs image and dir");
            var path = string.Create(CultureInfo.InvariantCulture, $"{key}.extensions[{i}]");
            PodFields.CheckImage(extension.Image, path + ".image", problems);
            EnvRules.CheckText(extension.Dir, path + ".dir", problems);
        }
    }

    private static void ValidateVolume(InjectorSection section, string key, ProblemCollector problems)
    {
        var isClaim = InstrumentationCompiler.IsClaim(section.VolumeClaimTemplate);
        if (section.VolumeLimitSize is { } size && size.IsPresent())
        {
            PodFields.Check(new QuantityRule(), size, key + ".volumeLimitSize", problems);
            if (isClaim) problems.Error(key + ".volumeLimitSize", "cannot stand beside volumeClaimTemplate; remove one of them");
        }

        if (isClaim || section.VolumeClaimTemplate is { ValueKind: not System.Text.Json.JsonValueKind.Object })
            PodFields.Check(ClaimTemplateRules.Template, section.VolumeClaimTemplate, key + ".volumeClaimTemplate", problems);
    }

    // Directives of a module, which become text of one variable.
    private static void ValidateAttributes(IReadOnlyList<EnvVar>? attributes, string field, ProblemCollector problems)
    {
        foreach (var attribute in attributes ?? [])
        {
            if (attribute.Name.Length == 0) problems.Error(field, "an entry has no name");
            else if (attribute.Name.Contains('=', StringComparison.Ordinal)) problems.Error(field, $"'{attribute.Name}' is no name of a directive: it has a '='");
            else if (!string.IsNullOrEmpty(attribute.Value) && attribute.ValueFrom is { } from && from.IsPresent())
                problems.Error(field, $"{attribute.Name} has both value and valueFrom; remove one of them");
            EnvRules.CheckText(attribute.Name + attribute.Value, field, problems);
        }
    }

    private static void ValidatePath(string? path, string field, ProblemCollector problems)
    {
        if (string.IsNullOrEmpty(path)) return;
        if (path.Length > 256 || path.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '/' or '-')))
            problems.Error(field, $"'{path}' is not a path of at most 256 letters, digits and . _ / -");
    }
}
