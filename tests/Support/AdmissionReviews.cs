using System.Text.Json.Nodes;

namespace Spanhook.Support;

/// <summary>What an API server sends for the creation of a pod, and what it reads of the answer.</summary>
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

    /// <summary>Reads an answer, which must allow the request of <see cref="Creation"/>.</summary>
    public static Answer Read(string json)
    {
        var review = JsonNode.Parse(json)!;
        Assert.Equal("admission.k8s.io/v1", review["apiVersion"]!.GetValue<string>());
        Assert.Equal("AdmissionReview", review["kind"]!.GetValue<string>());
        var response = review["response"]!.AsObject();
        Assert.Equal(Uid, response["uid"]!.GetValue<string>());
        Assert.True(response["allowed"]!.GetValue<bool>());
        Assert.Equal(response.ContainsKey("patch"), response["patchType"]?.GetValue<string>() == "JSONPatch");
        return new(
            response["patch"] is { } patch ? Convert.FromBase64String(patch.GetValue<string>()) : [],
            [.. (response["warnings"]?.AsArray() ?? []).Select(warning => warning!.GetValue<string>())],
            [.. (response["auditAnnotations"]?.AsObject() ?? []).Select(entry => $"{entry.Key}={entry.Value}")]);
    }
}

/// <summary>What an answer says besides that the request is allowed.</summary>
/// <param name="Patch">Empty when there is none.</param>
/// <param name="Warnings">For whoever created the pod.</param>
/// <param name="Audit">Each annotation for the audit log, as <c>key=value</c>.</param>
public sealed record Answer(byte[] Patch, IReadOnlyList<string> Warnings, IReadOnlyList<string> Audit);
