using System.Text.Json.Nodes;

namespace Spanhook.Support;

/// <summary>What an API server sends for the creation of a pod.</summary>
public static class AdmissionReviews
{
    public const string Uid = "0df28fbd-5f5f-11e8-bc74-36e6bb280816";

    /// <summary>The review of the creation of a pod.</summary>
    public static string Creation(JsonNode pod, string ns) => new JsonObject
    {
        ["apiVersion"] = "admission.k8s.io/v1",
        ["kind"] = "AdmissionReview",
        ["request"] = new JsonObject
        {
            ["uid"] = Uid,
            ["kind"] = new JsonObject { ["group"] = "", ["version"] = "v1", ["kind"] = "Pod" },
            ["resource"] = new JsonObject { ["group"] = "", ["version"] = "v1", ["resource"] = "pods" },
            ["requestKind"] = new JsonObject { ["group"] = "", ["version"] = "v1", ["kind"] = "Pod" },
            ["requestResource"] = new JsonObject { ["group"] = "", ["version"] = "v1", ["resource"] = "pods" },
            ["name"] = pod["metadata"]?["name"]?.DeepClone(),
            ["namespace"] = ns,
            ["operation"] = "CREATE",
            ["userInfo"] = new JsonObject { ["username"] = "system:serviceaccount:kube-system:replicaset-controller" },
            ["object"] = pod.DeepClone(),
            ["oldObject"] = null,
            ["dryRun"] = false,
        },
    }.ToJsonString();
}
