using System.Net;
using System.Security.Authentication;
using System.Text;
using System.Text.Json.Nodes;
using Spanhook.Server.Tests.Support;

namespace Spanhook.Server.Tests.Admission;

/// <summary>Whatever is sent is answered, and the next pod is injected.</summary>
public sealed class HostileInputTests(SharedWebhook shared) : IClassFixture<SharedWebhook>
{
    private const int Many = 100_000;
    private const string InjectVllm = "instrumentation.opentelemetry.io/inject-vllm";
    private const string Names = "instrumentation.opentelemetry.io/container-names";

    /// <summary>What is put into a pod that would be injected, and the code of the decision; null when it is injected all the same.</summary>
    private static readonly Dictionary<string, (string? Code, Func<string> Review)> All = new(StringComparer.Ordinal)
    {
        ["arrays in arrays, 10^6 deep"] = ("pod_invalid", () => Put("spec", new string('[', 1_000_000) + new string(']', 1_000_000))),
        ["objects in objects, 10^5 deep"] = ("pod_invalid", () => Put("spec", Repeat("{\"a\":", Many) + "1" + new string('}', Many))),
        ["arrays that never end"] = ("pod_invalid", () => Put("spec", new string('[', 1_000_000))),
        ["65 levels"] = ("pod_invalid", () => Put("spec", new string('[', 65) + new string(']', 65))),
        ["10^5 containers, the first asked for"] = ("review_too_large", () => Put("containers", List(i => $"{{\"name\":\"c{i}\"}}"))),
        ["10^5 containers of one name, all asked for"] = ("review_too_large", () => Pod(pod => Annotate(pod, Names, "c"), "containers", List(_ => "{\"name\":\"c\"}"))),
        ["10^5 init containers"] = ("review_too_large", () => Put("initContainers", List(i => $"{{\"name\":\"i{i}\"}}"))),
        ["as many engines as there may be containers"] = ("patch_too_large", () => Pod(pod => Annotate(pod, InjectVllm, "true"), "containers", List(Engine, 512))),
        ["20,000 engines"] = ("review_too_large", () => Pod(pod => Annotate(pod, InjectVllm, "true"), "containers", List(Engine, Many / 5))),
        ["10^5 volumes"] = (null, () => Put("volumes", List(i => $"{{\"name\":\"v{i}\"}}"))),
        ["10^5 variables"] = (null, () => Put("env", List(i => $"{{\"name\":\"V{i}\",\"value\":\"x\"}}"))),
        ["50,000 variables of one name"] = (null, () => Put("env", List(_ => "{\"name\":\"JAVA_TOOL_OPTIONS\",\"value\":\"x\"}", Many / 2))),
        ["10^5 annotations"] = (null, () => Pod(pod => Annotate(pod, "x", i => $"x{i}"))),
        ["50,000 annotations that ask"] = (null, () => Pod(pod => Annotate(pod, "x", i => $"instrumentation.opentelemetry.io/x{i}", Many / 2))),
        ["10^5 container names"] = ("container_names_invalid", () => Pod(pod => Annotate(pod, Names, string.Join(',', Enumerable.Range(0, Many).Select(i => $"c{i}"))))),
        ["an annotation of 1 MiB"] = (null, () => Pod(pod => Annotate(pod, "note", new string('x', 1 << 20)))),
        ["an inject annotation of 1 MiB"] = ("instrumentation_not_found", () => Pod(pod => Annotate(pod, Reviews.InjectJava, new string('x', 1 << 20)))),
        ["managedFields of 1 MiB"] = (null, () => Pod(pod => pod["metadata"]!["managedFields"] = new JsonArray(new JsonObject { ["fieldsV1"] = new JsonObject { ["f:x"] = new string('x', 1 << 20) } }))),
        ["a key twice in the pod"] = ("pod_invalid", () => Put("spec", "{\"containers\":[],\"containers\":[]}")),
        ["the uid twice"] = ("pod_invalid", () => Java().Replace("\"operation\"", $"\"uid\":\"{Reviews.Uid}\",\"operation\"", StringComparison.Ordinal)),
        ["a number of 10^6 places"] = (null, () => Put("x", new string('9', 1_000_000))),
        ["1e999999"] = (null, () => Put("x", "1e999999")),
        ["half a character in a value"] = ("pod_invalid", () => Put("args", "[\"\\ud800\"]")),
        ["half a character in an annotation's name"] = ("", () => Pod(pod => Annotate(pod, "HALF", "x")).Replace("HALF", "\\ud800", StringComparison.Ordinal)),
        ["half a character in the inject annotation"] = ("", () => Java().Replace("inject-java\":\"true\"", "inject-java\":\"\\udc00\"", StringComparison.Ordinal)),
        ["half a character in a container's name"] = ("pod_invalid", () => Java().Replace("\"name\":\"app\"", "\"name\":\"\\ud800\"", StringComparison.Ordinal)),
        ["NUL in a value"] = (null, () => Put("args", "[\"a\\u0000b\"]")),
        ["NUL in the namespace"] = ("instrumentation_not_found", () => Java().Replace("\"namespace\":\"shop\"", "\"namespace\":\"sh\\u0000op\"", StringComparison.Ordinal)),
        ["a NUL byte"] = ("pod_invalid", () => Put("args", "[\"a\0b\"]")),
        ["bytes after the end"] = ("pod_invalid", () => Java() + "x"),
        ["a second review after the first"] = ("pod_invalid", () => Java() + Java()),
        ["a comment"] = ("pod_invalid", () => Put("x", "1/**/")),
        ["more than 3.5 MiB"] = ("review_too_large", () => Pod(pod => Annotate(pod, "note", new string('x', 3_700_000)))),
        ["just below 8 MiB"] = ("review_too_large", () => Pod(pod => Annotate(pod, "note", new string('x', (8 << 20) - 1000)))),
        ["more than 3.5 MiB of brackets"] = ("review_too_large", () => Put("spec", new string('[', 4_000_000))),
    };

    public static TheoryData<string, int> Rows
    {
        get
        {
            var rows = new TheoryData<string, int>();
            foreach (var name in All.Keys)
            {
                rows.Add(name, 1);
                rows.Add(name, 2);
            }

            return rows;
        }
    }

    [Theory, MemberData(nameof(Rows))]
    public async Task A_hostile_review_is_allowed_and_the_next_pod_injected(string what, int http)
    {
        var (code, review) = All[what];
        var reply = (await shared.Server.PostAsync(review(), new Version(http, http == 1 ? 1 : 0))).AssertAllowed();
        if (code is null) reply.AssertInjected();
        else Assert.Empty(reply.Patch);
        if (code is { Length: > 0 }) Assert.Contains(code, reply.Decision!, StringComparison.Ordinal);
        Assert.InRange(reply.Text.Length, 1, 600_000);
        await shared.Server.AssertServesAsync();
    }

    [Fact]
    public async Task More_than_8_MiB_is_refused_over_HTTP_2()
    {
        var body = new byte[(8 << 20) + 1];
        body.AsSpan().Fill((byte)' ');
        (await shared.Server.PostAsync(body, HttpVersion.Version20)).AssertRefused(HttpStatusCode.RequestEntityTooLarge);
        await shared.Server.AssertServesAsync();
    }

    [Fact]
    public async Task More_than_8_MiB_is_refused_over_HTTP_1_before_it_is_sent()
    {
        // By hand, since a client that is still sending may see a closed connection instead of the answer.
        using var stream = await shared.Server.ConnectAsync(SslProtocols.None);
        await stream.WriteAsync("POST /mutate-v1-pod HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 8388609\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        var first = new byte[12];
        await stream.ReadExactlyAsync(first, TestContext.Current.CancellationToken);
        Assert.Equal("HTTP/1.1 413", Encoding.ASCII.GetString(first));
        await shared.Server.AssertServesAsync();
    }

    [Theory]
    [InlineData(new byte[] { 0xff })]
    [InlineData(new byte[] { 0xc0, 0xaf })] // an overlong slash
    [InlineData(new byte[] { 0xed, 0xa0, 0x80 })] // half a surrogate pair
    [InlineData(new byte[] { 0xf5, 0x80, 0x80, 0x80 })] // above U+10FFFF
    public async Task Invalid_UTF8_is_answered_wherever_it_is(byte[] bytes)
    {
        foreach (var place in (string[])["AdmissionReview", "metadata", "true", "app", "shop", "checkout:1", "containers", Reviews.InjectJava])
        {
            var text = Java();
            var at = text.IndexOf(place, StringComparison.Ordinal);
            byte[] body = [.. Encoding.UTF8.GetBytes(text[..at]), .. bytes, .. Encoding.UTF8.GetBytes(text[at..])];
            var reply = await shared.Server.PostAsync(body);
            if (reply.Status == HttpStatusCode.OK) reply.AssertAllowed();
            else reply.AssertRefused(HttpStatusCode.BadRequest);
        }

        await shared.Server.AssertServesAsync();
    }

    [Fact]
    public async Task A_byte_order_mark_is_refused()
    {
        byte[] body = [0xef, 0xbb, 0xbf, .. Encoding.UTF8.GetBytes(Java())];
        (await shared.Server.PostAsync(body)).AssertRefused(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Every_prefix_of_a_review_is_answered()
    {
        var text = Java();
        for (var length = 0; length < text.Length; length += 7)
        {
            var reply = await shared.Server.PostAsync(text[..length]);
            if (reply.Status == HttpStatusCode.OK) reply.AssertNotInjected("pod_invalid");
            else reply.AssertRefused(HttpStatusCode.BadRequest);
        }
    }

    private static string Java() => Reviews.Java().ToJsonString();

    /// <summary>The review with this JSON as a field of the pod: its spec, a list of the spec, or of its container.</summary>
    private static string Put(string field, string json) => Pod(_ => { }, field, json);

    private static string Pod(Action<JsonObject> change, string? field = null, string json = "")
    {
        var pod = Reviews.JavaPod();
        change(pod);
        if (field is null) return Reviews.Create(pod).ToJsonString();
        var parent = field switch
        {
            "spec" => pod,
            "env" or "args" => pod["spec"]!["containers"]![0]!.AsObject(),
            _ => pod["spec"]!.AsObject(),
        };
        parent[field] = "PLACE";
        return Reviews.Create(pod).ToJsonString().Replace("\"PLACE\"", json, StringComparison.Ordinal);
    }

    private static void Annotate(JsonObject pod, string key, string value) => pod["metadata"]!["annotations"]![key] = value;

    private static void Annotate(JsonObject pod, string value, Func<int, string> key, int count = Many)
    {
        for (var i = 0; i < count; i++) Annotate(pod, key(i), value);
    }

    private static string List(Func<int, string> item, int count = Many) => $"[{string.Join(',', Enumerable.Range(0, count).Select(item))}]";

    private static string Engine(int i) => $"{{\"name\":\"c{i}\",\"image\":\"vllm/vllm-openai:v0.22.0\",\"args\":[\"--model=m\"]}}";

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}
