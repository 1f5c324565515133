using System.Text.Json;
using Spanhook.Api.Core;

namespace Spanhook.Api.OpenTelemetry;

/// <summary>The section of one language: one shape for all, of which each language reads its own part.</summary>
public sealed record InjectorSection
{
    public string? Image { get; init; }
    public IReadOnlyList<EnvVar>? Env { get; init => field = value.WithoutNulls(); }

    /// <summary>A PersistentVolumeClaimTemplate; makes the agent's volume an ephemeral claim.</summary>
    public JsonElement? VolumeClaimTemplate { get; init; }

    /// <summary>Size limit of the agent's emptyDir: a quantity, which may be written as a number.</summary>
    public JsonElement? VolumeLimitSize { get; init; }

    /// <summary>Resources of the init container; java's key. The others write <see cref="ResourceRequirements"/>.</summary>
    public JsonElement? Resources { get; init; }
    public JsonElement? ResourceRequirements { get; init; }

    /// <summary>java: extensions copied beside the agent.</summary>
    public IReadOnlyList<JavaExtension>? Extensions { get; init => field = value.WithoutNulls(); }

    /// <summary>go: security context of the sidecar.</summary>
    public JsonElement? SecurityContext { get; init; }

    /// <summary>apache-httpd and nginx: directives of the module, added or overridden by name.</summary>
    public IReadOnlyList<EnvVar>? Attrs { get; init => field = value.WithoutNulls(); }

    /// <summary>apache-httpd: <c>2.4</c> or <c>2.2</c>.</summary>
    public string? Version { get; init; }

    /// <summary>apache-httpd: the directory of the server's configuration.</summary>
    public string? ConfigPath { get; init; }

    /// <summary>nginx: the path of the configuration file.</summary>
    public string? ConfigFile { get; init; }
}

/// <summary>An image with a Java agent extension, and the folder in it.</summary>
public sealed record JavaExtension
{
    public string Image { get; init => field = value ?? ""; } = "";
    public string Dir { get; init => field = value ?? ""; } = "";
}
