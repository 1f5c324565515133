using System.Text.Json.Nodes;
using Spanhook.Support;

namespace Spanhook.Server.Tests.Support;

/// <summary>AdmissionReviews as an API server sends them.</summary>
internal static class Reviews
{
    public const string Uid = AdmissionReviews.Uid;
    public const string InjectJava = "instrumentation.opentelemetry.io/inject-java";

    /// <summary>The creation of <see cref="JavaPod"/> in the namespace shop, which is injected.</summary>
    public static JsonObject Java() => Create(JavaPod());

    public static JsonObject Create(JsonNode pod, string ns = "shop") => (JsonObject)JsonNode.Parse(AdmissionReviews.Creation(pod, ns))!;

    public static JsonObject JavaPod() => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Pod",
        ["metadata"] = new JsonObject { ["name"] = "checkout", ["annotations"] = new JsonObject { [InjectJava] = "true" } },
        ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "app", ["image"] = "checkout:1" }) },
    };
}
