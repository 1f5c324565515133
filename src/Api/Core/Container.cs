using System.Text.Json;

namespace Spanhook.Api.Core;

/// <summary>One entry of <c>spec.containers</c> or <c>spec.initContainers</c>, read in place.</summary>
public readonly struct Container(JsonElement json)
{
    public JsonElement Json => json;

    /// <summary>The name; empty when the container has none.</summary>
    public string Name => json.Text("name"u8) ?? "";
    public string? Image => json.Text("image"u8);
    public string? ImagePullPolicy => json.Text("imagePullPolicy"u8);
    public string? RestartPolicy => json.Text("restartPolicy"u8);
    public JsonElement Command => json.Member("command"u8);
    public JsonElement Args => json.Member("args"u8);
    public JsonElement Env => json.Member("env"u8);
    public JsonElement EnvFrom => json.Member("envFrom"u8);
    public JsonElement VolumeMounts => json.Member("volumeMounts"u8);
    public JsonElement SecurityContext => json.Member("securityContext"u8);
    public JsonElement Resources => json.Member("resources"u8);
}
