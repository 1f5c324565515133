using System.Text.Json.Nodes;

namespace Spanhook.Server.Tests.Support;

/// <summary>AdmissionReviews as an API server sends them.</summary>
internal static class Reviews
{
    public const string Uid = "705ab4f5-6393-11e8-b7cc-42010a800002";
    public const string InjectJava = "instrumentation.opentelemetry.io/inject-java";

    /// <summary>The creation of <see cref="JavaPod"/> in the namespace shop, which is injected.</summary>
    public static JsonObject Java() => Create(JavaPod());

    public static JsonObject Create(JsonNode? pod, string ns = "shop") => new()
    {
        ["kind"] = "AdmissionReview",
        ["apiVersion"] = "admission.k8s.io/v1",
        ["request"] = new JsonObject
        {
            ["uid"] = Uid,
            ["kind"] = new JsonObject { ["group"] = "", ["version"] = "v1", ["kind"] = "Pod" },
            ["resource"] = new JsonObject { ["group"] = "", ["version"] = "v1", ["resource"] = "pods" },
            ["namespace"] = ns,
            ["operation"] = "CREATE",
            ["userInfo"] = new JsonObject { ["username"] = "system:serviceaccount:kube-system:replicaset-controller" },
            ["object"] = pod,
            ["oldObject"] = null,
            ["dryRun"] = false,
        },
    };

    public static JsonObject JavaPod() => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Pod",
        ["metadata"] = new JsonObject { ["name"] = "checkout", ["annotations"] = new JsonObject { [InjectJava] = "true" } },
        ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "app", ["image"] = "checkout:1" }) },
    };
}
