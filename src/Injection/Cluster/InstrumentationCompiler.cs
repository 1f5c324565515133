using System.Text.Json;
using Spanhook.Api;
using Spanhook.Api.Meta;
using Spanhook.Api.OpenTelemetry;
using Spanhook.Injection.Cluster.PodFieldRules;
using Spanhook.Injection.Injectors;

namespace Spanhook.Injection.Cluster;

/// <summary>Instrumentation → <see cref="CompiledInstrumentation"/>: validated, with the defaults that the operator's webhook would have written.</summary>
internal static class InstrumentationCompiler
{
    private static readonly Dictionary<string, string> NoAttributes = [];

    public static CompiledInstrumentation Compile(Instrumentation resource, List<ObjectProblem> problems)
    {
        var key = new NamespacedName(resource.Metadata.Namespace ?? "", resource.Metadata.Name);
        var annotations = resource.Metadata.Annotations;
        return CompileSpec(resource.Spec, new("Instrumentation", key.ToString(), "spec", problems)) with
        {
            Key = key,
            IsDefault = annotations.GetValueOrDefault(Annotations.Default) is { } flag && flag.Trim().Equals("true", StringComparison.OrdinalIgnoreCase),
            AllowedNamespaces = annotations.GetValueOrDefault(Annotations.AllowedNamespaces)?
                .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [],
        };
    }

    /// <summary>Compiles the spec alone, which a TracingPolicy carries too.</summary>
    public static CompiledInstrumentation CompileSpec(InstrumentationSpec spec, ProblemCollector problems)
    {
        InstrumentationValidator.Validate(spec, problems);
        return new CompiledInstrumentation
        {
            Source = $"{problems.Kind} {problems.Name}",
            MarkerSource = $"{problems.Kind}/{problems.Name}".Replace(' ', '/'),
            Key = default,
            Endpoint = NullIfEmpty(spec.Exporter?.Endpoint),
            Protocol = NullIfEmpty(spec.Exporter?.Protocol),
            Tls = CompileTls(spec.Exporter?.Tls),
            ResourceAttributes = [.. (spec.Resource?.ResourceAttributes ?? NoAttributes).Select(a => KeyValuePair.Create(a.Key, ResourceAttributes.Encode(a.Value ?? "")))],
            AddUids = spec.Resource?.AddK8sUidAttributes ?? false,
            UseLabels = spec.Defaults?.UseLabelsForResourceAttributes ?? false,
            Propagators = spec.Propagators is { Count: > 0 } list ? string.Join(',', list) : null,
            SamplerType = NullIfEmpty(spec.Sampler?.Type),
            SamplerArgument = NullIfEmpty(spec.Sampler?.Argument),
            Env = EnvRules.KnownPart(spec.Env),
            ReadContainers = EnvRules.ContainerNames(spec.Env ?? []),
            ImagePullPolicy = NullIfEmpty(spec.ImagePullPolicy),
            InitSecurityContext = SecurityContextRules.Container.KnownPart(Present(spec.InitContainerSecurityContext)),
            Sections = AgentDefaults.All.ToDictionary(d => d.Injector, d => CompileSection(d, SectionOf(spec, d.Injector) ?? new(), problems), StringComparer.Ordinal),
            Errors = problems.Errors,
        };
    }

    /// <summary>The section of an injector by its name; null when the resource has none.</summary>
    public static InjectorSection? SectionOf(InstrumentationSpec spec, string injector) => injector switch
    {
        "java" => spec.Java,
        "nodejs" => spec.Nodejs,
        "python" => spec.Python,
        "dotnet" => spec.Dotnet,
        "go" => spec.Go,
        "apache-httpd" => spec.ApacheHttpd,
        "nginx" => spec.Nginx,
        _ => null,
    };

    private static CompiledSection CompileSection(AgentDefaults defaults, InjectorSection section, ProblemCollector problems)
    {
        var size = section.VolumeLimitSize is { } limit && limit.IsPresent() ? limit.AsText() ?? limit.GetRawText() : AgentDefaults.VolumeSize;
        var scratch = JsonFragment.Build(w =>
        {
            w.WriteStartObject();
            w.WriteStartObject("emptyDir"u8);
            w.WriteString("sizeLimit"u8, size);
            w.WriteEndObject();
            w.WriteEndObject();
        });
        var resources = CompileResources(defaults, section, problems);
        return new CompiledSection
        {
            Image = string.IsNullOrEmpty(section.Image) ? defaults.Image : section.Image,
            Env = EnvRules.KnownPart(section.Env),
            ReadContainers = EnvRules.ContainerNames(section.Env ?? []),
            Resources = resources,
            ResourcesOfPod = resources.Member("claims"u8).Count() == 0 ? default : JsonFragment.Parse($$"""{"claims":{{resources.Member("claims"u8).GetRawText()}}}"""),
            Volume = IsClaim(section.VolumeClaimTemplate) ? ClaimVolume(ClaimTemplateRules.Template.KnownPart(section.VolumeClaimTemplate!.Value)) : scratch,
            ScratchVolume = scratch,
            Extensions = section.Extensions ?? [],
            SecurityContext = SecurityContextRules.Container.KnownPart(Present(section.SecurityContext)),
            Attributes = section.Attrs ?? [],
            Version = string.IsNullOrEmpty(section.Version) ? AgentDefaults.ApacheVersion : section.Version,
            ConfigDirectory = TrimSlash(string.IsNullOrEmpty(section.ConfigPath) ? AgentDefaults.ApacheConfigPath : section.ConfigPath),
            ConfigFile = string.IsNullOrEmpty(section.ConfigFile) ? AgentDefaults.NginxConfigFile : section.ConfigFile,
        };
    }

    /// <summary>True when the template says anything: an empty object is the zero value, which means an emptyDir.</summary>
    internal static bool IsClaim(JsonElement? template) =>
        template is { ValueKind: JsonValueKind.Object } value && value.EnumerateObject().Any(m => m.Value.IsPresent() && m.Value.GetRawText() != "{}");

    private static JsonElement ClaimVolume(JsonElement template) => JsonFragment.Build(w =>
    {
        w.WriteStartObject();
        w.WriteStartObject("ephemeral"u8);
        w.WritePropertyName("volumeClaimTemplate"u8);
        w.WriteRaw(template);
        w.WriteEndObject();
        w.WriteEndObject();
    });

    private static JsonElement CompileResources(AgentDefaults defaults, InjectorSection section, ProblemCollector problems)
    {
        var written = Present(section.Resources ?? section.ResourceRequirements);
        var resources = WithDefaults(ResourceRules.Container.KnownPart(written), defaults);
        if (written.IsPresent()) ResourceRules.CheckTogether(resources, written, $"{InstrumentationValidator.JsonKey(defaults.Injector)}.{(section.Resources is null ? "resourceRequirements" : "resources")}", problems);
        return resources;
    }

    /// <summary>Limits and requests are defaulted each as a whole; whatever else stands there (claims) is kept.</summary>
    private static JsonElement WithDefaults(JsonElement written, AgentDefaults defaults) => JsonFragment.Build(w =>
    {
        w.WriteStartObject();
        w.WritePropertyName("limits"u8);
        if (written.Member("limits"u8) is var limits && limits.IsPresent()) w.WriteRaw(limits);
        else w.WriteRawValue(AgentDefaults.Limits);
        w.WritePropertyName("requests"u8);
        if (written.Member("requests"u8) is var requests && requests.IsPresent()) w.WriteRaw(requests);
        else w.WriteRawValue(defaults.Requests);
        foreach (var member in written.Members())
        {
            if (member.Name is "limits" or "requests") continue;
            w.WritePropertyName(member.Name);
            w.WriteRaw(member.Value);
        }

        w.WriteEndObject();
    });

    private static CompiledTls? CompileTls(TlsSection? tls)
    {
        if (tls is null) return null;
        var secret = NullIfEmpty(tls.SecretName);
        var configMap = NullIfEmpty(tls.ConfigMapName);
        var secretPath = "/otel-auto-instrumentation-secret-" + secret;
        var configMapPath = "/otel-auto-instrumentation-configmap-" + configMap;
        var volumes = new List<TlsVolume>();
        if (secret is not null) volumes.Add(new(VolumeName("otel-auto-secret-", secret), secretPath, TlsSource("secret", "secretName", secret)));
        if (configMap is not null) volumes.Add(new(VolumeName("otel-auto-configmap-", configMap), configMapPath, TlsSource("configMap", "name", configMap)));
        return new CompiledTls
        {
            CaFile = Path(tls.CaFile, configMap is null ? secretPath : configMapPath),
            CertFile = Path(tls.CertFile, secretPath),
            KeyFile = Path(tls.KeyFile, secretPath),
            Volumes = volumes,
        };

        static string? Path(string? file, string folder) =>
            string.IsNullOrEmpty(file) ? null : file[0] == '/' ? file : $"{folder}/{file}";
    }

    /// <summary>Optional, so that a missing Secret or ConfigMap never keeps the application from starting.</summary>
    private static JsonElement TlsSource(string kind, string nameKey, string name) => JsonFragment.Build(w =>
    {
        w.WriteStartObject();
        w.WriteStartObject(kind);
        w.WriteString(nameKey, name);
        w.WriteBoolean("optional"u8, true);
        w.WriteEndObject();
        w.WriteEndObject();
    });

    /// <summary>A volume's name has at most 63 characters and ends in a letter or digit; the name of the Secret may be longer.</summary>
    private static string VolumeName(string prefix, string name)
    {
        var room = 63 - prefix.Length;
        var part = (name.Length > room ? name[..room] : name).Replace('.', '-');
        return prefix + part.TrimEnd('-').TrimStart('-');
    }

    private static string TrimSlash(string path) => path.Length > 1 && path[^1] == '/' ? path[..^1] : path;

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static JsonElement Present(JsonElement? element) => element is { } value && value.IsPresent() ? value : default;
}
