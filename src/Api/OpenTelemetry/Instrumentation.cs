using System.Text.Json;
using System.Text.Json.Serialization;
using Spanhook.Api.Core;
using Spanhook.Api.Meta;

namespace Spanhook.Api.OpenTelemetry;

/// <summary>The <c>opentelemetry.io/v1alpha1</c> Instrumentation, as its users write it.</summary>
public sealed record Instrumentation
{
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;
    public InstrumentationSpec Spec { get; init => field = value ?? new(); } = new();
}

/// <summary>What to inject and where the telemetry goes. Every field is optional.</summary>
public sealed record InstrumentationSpec
{
    public ExporterSection? Exporter { get; init; }
    public ResourceSection? Resource { get; init; }
    public IReadOnlyList<string>? Propagators { get; init; }
    public SamplerSection? Sampler { get; init; }
    public DefaultsSection? Defaults { get; init; }
    public IReadOnlyList<EnvVar>? Env { get; init => field = value.WithoutNulls(); }
    public InjectorSection? Java { get; init; }
    public InjectorSection? Nodejs { get; init; }
    public InjectorSection? Python { get; init; }
    public InjectorSection? Dotnet { get; init; }
    public InjectorSection? Go { get; init; }
    public InjectorSection? ApacheHttpd { get; init; }
    public InjectorSection? Nginx { get; init; }

    /// <summary>Pull policy of the init containers and of the Go sidecar.</summary>
    public string? ImagePullPolicy { get; init; }

    /// <summary>Security context of the init containers; without it they take that of the first target.</summary>
    public JsonElement? InitContainerSecurityContext { get; init; }
}

/// <summary>Where the telemetry goes.</summary>
public sealed record ExporterSection
{
    /// <summary>The OTLP endpoint, for example <c>http://otel-collector.observability:4318</c>.</summary>
    public string? Endpoint { get; init; }

    /// <summary><c>grpc</c> or <c>http/protobuf</c>. Only in a TracingPolicy; the Instrumentation of the OpenTelemetry Operator has no such field.</summary>
    public string? Protocol { get; init; }
    public TlsSection? Tls { get; init; }
}

/// <summary>Secret and ConfigMap in the workload's namespace that hold the exporter's certificates.</summary>
public sealed record TlsSection
{
    public string? SecretName { get; init; }
    public string? ConfigMapName { get; init; }

    [JsonPropertyName("ca_file")]
    public string? CaFile { get; init; }

    [JsonPropertyName("cert_file")]
    public string? CertFile { get; init; }

    [JsonPropertyName("key_file")]
    public string? KeyFile { get; init; }
}

/// <summary>Resource attributes for every target.</summary>
public sealed record ResourceSection
{
    public IReadOnlyDictionary<string, string>? ResourceAttributes { get; init; }

    /// <summary>Adds <c>k8s.*.uid</c>.</summary>
    [JsonPropertyName("addK8sUIDAttributes")]
    public bool? AddK8sUidAttributes { get; init; }
}

/// <summary>The traces sampler.</summary>
public sealed record SamplerSection
{
    public string? Type { get; init; }
    public string? Argument { get; init; }
}

/// <summary>How what is not written is derived.</summary>
public sealed record DefaultsSection
{
    /// <summary>Takes service name and version from the labels <c>app.kubernetes.io/{instance,name,version}</c>.</summary>
    public bool? UseLabelsForResourceAttributes { get; init; }
}
