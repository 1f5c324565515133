using System.Text.Json;
using Spanhook.Api.Core;

namespace Spanhook.Api.Admission;

/// <summary>The <c>request</c> of an <c>admission.k8s.io/v1</c> AdmissionReview, read in place. Lives no longer than its document.</summary>
public readonly struct AdmissionRequest(JsonElement json)
{
    /// <summary>Identifies this one call; the response must repeat it.</summary>
    public string? Uid => json.Text("uid"u8);

    /// <summary>The namespace the object is created in. The object's own <c>metadata.namespace</c> may be empty: never use it.</summary>
    public string Namespace => json.Text("namespace"u8) ?? "";

    /// <summary>CREATE, UPDATE, DELETE or CONNECT.</summary>
    public string? Operation => json.Text("operation"u8);

    public bool IsCreate => json.TextEquals("operation"u8, "CREATE"u8);

    /// <summary>True for a dry run, which must have no side effect.</summary>
    public bool DryRun => json.Flag("dryRun"u8) ?? false;

    /// <summary>True when the request is for the pod itself: core/v1 pods, kind Pod, no subresource.</summary>
    public bool IsPod
    {
        get
        {
            var resource = json.Member("resource"u8);
            var kind = json.Member("kind"u8);
            return resource.TextEquals("resource"u8, "pods"u8) && IsAbsentOrEmpty(resource.Member("group"u8)) && resource.TextEquals("version"u8, "v1"u8)
                && kind.TextEquals("kind"u8, "Pod"u8) && IsAbsentOrEmpty(kind.Member("group"u8)) && kind.TextEquals("version"u8, "v1"u8)
                && IsAbsentOrEmpty(json.Member("subResource"u8));
        }
    }

    /// <summary>The object of the request, as a pod.</summary>
    public Pod Object => new(json.Member("object"u8));

    private static bool IsAbsentOrEmpty(JsonElement value) => !value.IsPresent() || (value.ValueKind == JsonValueKind.String && value.ValueEquals(""u8));
}
