using System.Text.Json;

namespace Spanhook.Api.Core;

/// <summary>A core/v1 Pod, read in place; a field we do not know is not lost, because nothing is copied.</summary>
public readonly struct Pod(JsonElement json)
{
    public JsonElement Json => json;
    public bool IsObject => json.ValueKind == JsonValueKind.Object;

    public string? Name => Metadata.Text("name"u8);
    public string? GenerateName => Metadata.Text("generateName"u8);
    public string? Uid => Metadata.Text("uid"u8);

    public JsonElement Metadata => json.Member("metadata"u8);
    public JsonElement Annotations => Metadata.Member("annotations"u8);
    public JsonElement Labels => Metadata.Member("labels"u8);
    public JsonElement OwnerReferences => Metadata.Member("ownerReferences"u8);

    public JsonElement Spec => json.Member("spec"u8);
    public JsonElement Containers => Spec.Member("containers"u8);
    public JsonElement InitContainers => Spec.Member("initContainers"u8);
    public JsonElement Volumes => Spec.Member("volumes"u8);
    public string? NodeName => Spec.Text("nodeName"u8);
    public JsonElement ResourceClaims => Spec.Member("resourceClaims"u8);
    public bool? HostPid => Spec.Flag("hostPID"u8);

    /// <summary>True when the pod as a whole has requests or limits, within which its containers' must stay.</summary>
    public bool HasResources => Spec.Member("resources"u8) is { ValueKind: JsonValueKind.Object } resources && (resources.Member("limits"u8).IsPresent() || resources.Member("requests"u8).IsPresent());
    public bool? ShareProcessNamespace => Spec.Flag("shareProcessNamespace"u8);

    public bool IsWindows => Spec.Member("os"u8).TextEquals("name"u8, "windows"u8)
        || Spec.Member("nodeSelector"u8).TextEquals("kubernetes.io/os"u8, "windows"u8);
}
