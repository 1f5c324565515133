using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Spanhook.Server.Tests.Support;

namespace Spanhook.Server.Tests.Admission;

/// <summary>What is wrong has a defined answer, and costs nobody a pod.</summary>
public sealed class BadInputTests(SharedWebhook shared) : IClassFixture<SharedWebhook>
{
    private const string NotACreation = "not_a_pod_creation";

    private static readonly Dictionary<string, (string Code, Action<JsonObject> Spoil)> Spoilt = new(StringComparer.Ordinal)
    {
        ["object without containers"] = ("pod_invalid", request => Spec(request).Remove("containers")),
        ["no container at all"] = ("pod_invalid", request => Spec(request)["containers"] = new JsonArray()),
        ["containers is an object"] = ("pod_invalid", request => Spec(request)["containers"] = new JsonObject { ["name"] = "app" }),
        ["containers of numbers"] = ("pod_invalid", request => Spec(request)["containers"] = new JsonArray(1, 2)),
        ["container without a name"] = ("pod_invalid", request => App(request).Remove("name")),
        ["spec is a string"] = ("pod_invalid", request => request["object"]!["spec"] = "containers"),
        ["spec is absent"] = ("pod_invalid", request => request["object"]!.AsObject().Remove("spec")),
        ["env is a string"] = ("pod_invalid", request => App(request)["env"] = "A=1"),
        ["env of strings"] = ("pod_invalid", request => App(request)["env"] = new JsonArray("A=1")),
        ["volumeMounts is a number"] = ("pod_invalid", request => App(request)["volumeMounts"] = 3),
        ["args of numbers"] = ("pod_invalid", request => App(request)["args"] = new JsonArray(1)),
        ["command is a string"] = ("pod_invalid", request => App(request)["command"] = "java"),
        ["volumes is an object"] = ("pod_invalid", request => Spec(request)["volumes"] = new JsonObject()),
        ["an annotation is a number"] = ("pod_invalid", request => Annotations(request)["team"] = 7),
        ["labels is a list"] = ("pod_invalid", request => request["object"]!["metadata"]!["labels"] = new JsonArray()),
        ["object is null where the namespace asks"] = ("pod_invalid", request => (request["namespace"], request["object"]) = ("asks", null)),
        ["object is a list where the namespace asks"] = ("pod_invalid", request => (request["namespace"], request["object"]) = ("asks", new JsonArray())),
        ["Instrumentation with an unknown sampler"] = ("instrumentation_invalid", request => request["namespace"] = "unknown-sampler"),
        ["Instrumentation with a ratio above 1"] = ("instrumentation_invalid", request => request["namespace"] = "bad-ratio"),
        ["no Instrumentation of that name"] = ("instrumentation_not_found", request => Annotations(request)[Reviews.InjectJava] = "not-there"),
        ["no Instrumentation in that namespace"] = ("instrumentation_not_found", request => request["namespace"] = "empty"),
        ["no container of that name"] = ("container_not_found", request => Annotations(request)["instrumentation.opentelemetry.io/container-names"] = "not-there"),
    };

    private static readonly Dictionary<string, Action<JsonObject>> NotACreationOfAPod = new(StringComparer.Ordinal)
    {
        ["UPDATE"] = request => request["operation"] = "UPDATE",
        ["DELETE"] = request => (request["operation"], request["oldObject"], request["object"]) = ("DELETE", request["object"]!.DeepClone(), null),
        ["CONNECT"] = request => request["operation"] = "CONNECT",
        ["no operation"] = request => request.Remove("operation"),
        ["subresource"] = request => request["subResource"] = "ephemeralcontainers",
        ["another resource"] = request => request["resource"]!["resource"] = "deployments",
        ["another group"] = request => request["resource"]!["group"] = "apps",
        ["another kind"] = request => request["kind"]!["kind"] = "Service",
        ["another version"] = request => request["kind"]!["version"] = "v2",
        ["no resource"] = request => request.Remove("resource"),
        ["kind is a string"] = request => request["kind"] = "Pod",
    };

    private static readonly Dictionary<string, string> NoReviews = new(StringComparer.Ordinal)
    {
        ["nothing"] = "",
        ["not JSON"] = "kind: AdmissionReview",
        ["half of a review"] = Reviews.Java().ToJsonString()[..40],
        ["null"] = "null",
        ["a list"] = "[]",
        ["a string"] = "\"AdmissionReview\"",
        ["an empty object"] = "{}",
        ["a pod"] = Reviews.JavaPod().ToJsonString(),
        ["v1beta1"] = With(review => review["apiVersion"] = "admission.k8s.io/v1beta1"),
        ["no apiVersion"] = With(review => review.Remove("apiVersion")),
        ["no request"] = With(review => review.Remove("request")),
        ["request is null"] = With(review => review["request"] = null),
        ["request is a list"] = With(review => review["request"] = new JsonArray()),
        ["no uid"] = With(review => review["request"]!.AsObject().Remove("uid")),
        ["an empty uid"] = With(review => review["request"]!["uid"] = ""),
        ["uid is a number"] = With(review => review["request"]!["uid"] = 5),
        ["uid is half a character"] = Reviews.Java().ToJsonString().Replace(Reviews.Uid, "\\ud800", StringComparison.Ordinal),
        ["kind is half a character"] = Reviews.Java().ToJsonString().Replace("AdmissionReview", "\\ud800", StringComparison.Ordinal),
        ["a field that is half a character"] = "{\"\\ud800\":1,\"kind\":\"AdmissionReview\"}",
    };

    public static TheoryData<string> SpoiltNames => [.. Spoilt.Keys];
    public static TheoryData<string> NotACreationNames => [.. NotACreationOfAPod.Keys];
    public static TheoryData<string> NoReviewNames => [.. NoReviews.Keys];

    [Theory, MemberData(nameof(SpoiltNames))]
    public async Task A_pod_that_cannot_be_injected_is_allowed_with_a_warning(string what)
    {
        var review = Reviews.Java();
        Spoilt[what].Spoil(review["request"]!.AsObject());
        (await shared.Server.PostAsync(review)).AssertNotInjected(Spoilt[what].Code);
    }

    [Theory, MemberData(nameof(NotACreationNames))]
    public async Task What_is_no_creation_of_a_pod_is_allowed_unseen(string what)
    {
        var review = Reviews.Java();
        NotACreationOfAPod[what](review["request"]!.AsObject());
        (await shared.Server.PostAsync(review)).AssertNotInjected(NotACreation, warns: false);
    }

    [Theory, MemberData(nameof(NoReviewNames))]
    public async Task What_cannot_be_answered_is_refused_with_one_sentence(string what)
    {
        var reply = (await shared.Server.PostAsync(NoReviews[what])).AssertRefused(HttpStatusCode.BadRequest);
        if (what == "v1beta1") Assert.Contains("admissionReviewVersions: [v1]", reply.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("text/plain", null)]
    [InlineData("application/yaml", null)]
    [InlineData("application/jsonp", null)]
    [InlineData("application/json", "gzip")]
    [InlineData("application/json", "br")]
    public async Task A_body_of_another_type_or_encoding_is_refused(string? type, string? encoding) =>
        (await shared.Server.PostAsync(Encoding.UTF8.GetBytes(Reviews.Java().ToJsonString()), contentType: type, encoding: encoding)).AssertRefused(HttpStatusCode.UnsupportedMediaType);

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("Application/JSON")]
    public async Task JSON_is_taken_however_its_type_is_written(string type) =>
        (await shared.Server.PostAsync(Encoding.UTF8.GetBytes(Reviews.Java().ToJsonString()), contentType: type)).AssertInjected();

    [Fact]
    public async Task Only_the_namespace_of_the_request_counts()
    {
        var review = Reviews.Java();
        review["request"]!["object"]!["metadata"]!["namespace"] = "empty";
        (await shared.Server.PostAsync(review)).AssertInjected();
    }

    [Fact]
    public async Task A_pod_that_asks_for_nothing_gets_the_shortest_answer()
    {
        var review = Reviews.Java();
        Annotations(review["request"]!.AsObject()).Clear();
        var reply = (await shared.Server.PostAsync(review)).AssertAllowed();
        Assert.Equal(["uid", "allowed"], reply.Response.AsObject().Select(member => member.Key));
    }

    private static string With(Action<JsonObject> spoil)
    {
        var review = Reviews.Java();
        spoil(review);
        return review.ToJsonString();
    }

    private static JsonObject Spec(JsonObject request) => request["object"]!["spec"]!.AsObject();

    private static JsonObject App(JsonObject request) => Spec(request)["containers"]![0]!.AsObject();

    private static JsonObject Annotations(JsonObject request) => request["object"]!["metadata"]!["annotations"]!.AsObject();
}
