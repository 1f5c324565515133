using System.Text.Json;
using Spanhook.Api.Core;
using Spanhook.Api.Meta;

namespace Spanhook.Injection.Cluster;

/// <summary>An Instrumentation (or a policy's <c>spec.instrumentation</c>) as it runs: validated, with every default applied.</summary>
internal sealed record CompiledInstrumentation
{
    /// <summary>For people: <c>Instrumentation ns/name</c> or <c>TracingPolicy name</c>.</summary>
    public required string Source { get; init; }

    /// <summary><see cref="Source"/> as the pod's marker has it, which is a list of words: <c>Instrumentation/ns/name</c>.</summary>
    public required string MarkerSource { get; init; }
    public required NamespacedName Key { get; init; }

    /// <summary>OTLP endpoint as written; null when there is none.</summary>
    public string? Endpoint { get; init; }

    /// <summary><c>grpc</c> or <c>http/protobuf</c> when a policy says so; null otherwise.</summary>
    public string? Protocol { get; init; }
    public CompiledTls? Tls { get; init; }

    /// <summary>With their values percent-encoded, as they are written.</summary>
    public KeyValuePair<string, string>[] ResourceAttributes { get; init; } = [];
    public bool AddUids { get; init; }
    public bool UseLabels { get; init; }

    /// <summary>Joined by commas; null when there are none.</summary>
    public string? Propagators { get; init; }
    public string? SamplerType { get; init; }
    public string? SamplerArgument { get; init; }
    public IReadOnlyList<EnvVar> Env { get; init; } = [];

    /// <summary>The containers whose resources <see cref="Env"/> reads by name.</summary>
    public IReadOnlyList<string> ReadContainers { get; init; } = [];
    public string? ImagePullPolicy { get; init; }

    /// <summary>Undefined when the init containers inherit that of their target.</summary>
    public JsonElement InitSecurityContext { get; init; }

    /// <summary>By injector name.</summary>
    public required IReadOnlyDictionary<string, CompiledSection> Sections { get; init; }

    /// <summary>Annotated as the default of its namespace.</summary>
    public bool IsDefault { get; init; }

    /// <summary>Namespaces that may name it; <c>*</c> for all.</summary>
    public IReadOnlyList<string> AllowedNamespaces { get; init; } = [];

    /// <summary>Why it cannot be used, all at once; null when it can.</summary>
    public string? Errors { get; init; }

    /// <summary>The section of an injector; an empty one for those that have none (sdk, the engines).</summary>
    public CompiledSection SectionOf(string injector) => Sections.GetValueOrDefault(injector, CompiledSection.Empty);

    /// <summary>True when a pod of that namespace may name it.</summary>
    public bool IsSharedWith(string ns) => AllowedNamespaces.Contains(ns, StringComparer.Ordinal) || AllowedNamespaces.Contains("*", StringComparer.Ordinal);
}

/// <summary>The section of one language, with its defaults.</summary>
internal sealed record CompiledSection
{
    public static readonly CompiledSection Empty = new();

    public string Image { get; init; } = "";
    public IReadOnlyList<EnvVar> Env { get; init; } = [];

    /// <summary>The containers whose resources <see cref="Env"/> reads by name.</summary>
    public IReadOnlyList<string> ReadContainers { get; init; } = [];

    /// <summary>Resources of the init containers or of the sidecar.</summary>
    public JsonElement Resources { get; init; }

    /// <summary>The same in a pod that has resources of its own, which its containers share: only the claims; undefined for none.</summary>
    public JsonElement ResourcesOfPod { get; init; }

    /// <summary>The volume's source, for example <c>{"emptyDir":{"sizeLimit":"200Mi"}}</c>.</summary>
    public JsonElement Volume { get; init; }

    /// <summary>As <see cref="Volume"/>, but never a claim: apache-httpd's second volume.</summary>
    public JsonElement ScratchVolume { get; init; }
    public IReadOnlyList<Api.OpenTelemetry.JavaExtension> Extensions { get; init; } = [];
    public JsonElement SecurityContext { get; init; }
    public IReadOnlyList<EnvVar> Attributes { get; init; } = [];
    public string Version { get; init; } = "";

    /// <summary>apache-httpd: the configuration directory, without a trailing slash.</summary>
    public string ConfigDirectory { get; init; } = "";

    /// <summary>nginx: the configuration file.</summary>
    public string ConfigFile { get; init; } = "";
}

/// <summary>The exporter's certificates: what to set and what to mount.</summary>
internal sealed record CompiledTls
{
    public string? CaFile { get; init; }
    public string? CertFile { get; init; }
    public string? KeyFile { get; init; }
    public IReadOnlyList<TlsVolume> Volumes { get; init; } = [];
}

/// <summary>A Secret or ConfigMap to mount, read-only.</summary>
internal sealed record TlsVolume(string Name, string MountPath, JsonElement Source);
