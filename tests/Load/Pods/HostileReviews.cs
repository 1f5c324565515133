using System.Text;
using System.Text.Json.Nodes;
using Spanhook.Support;

namespace Spanhook.Load.Pods;

/// <summary>Reviews that an API server would not send, and anybody else in the pod network may.</summary>
internal static class HostileReviews
{
    private const int Many = 100_000;
    private const int MiB = 1 << 20;
    private const string Place = "\"PLACE\"";

    /// <summary>Number of the test plan, what it is, and its body, made when asked for.</summary>
    public static IReadOnlyList<(string Name, string What, Func<byte[]> Body)> All { get; } =
    [
        ("F20", "a body of 8 MiB and one byte", () => Enumerable.Repeat((byte)' ', (8 * MiB) + 1).ToArray()),
        ("F21", "arrays in arrays, 10^6 deep", () => InSpec(new string('[', 1_000_000) + new string(']', 1_000_000))),
        ("F22", "10^5 containers", () => InSpec($"{{\"containers\":[{List(i => $"{{\"name\":\"c{i}\"}}")}]}}")),
        ("F23", "10^5 variables in one container", () => InSpec($"{{\"containers\":[{{\"name\":\"app\",\"env\":[{List(i => $"{{\"name\":\"V{i}\",\"value\":\"x\"}}")}]}}]}}")),
        ("F24", "an annotation of 1 MiB, and 10^5 annotations", Annotated),
        ("F25", "keys that stand twice, 10^5 of them", () => InSpec($"{{\"containers\":[{{\"name\":\"app\"}}],{List(_ => "\"x\":1")}}}")),
        ("F26", "numbers: 10^5 times 1e999999, one of 10^6 digits", () => InSpec($"{{\"containers\":[{{\"name\":\"app\"}}],\"x\":[{new string('9', 1_000_000)},{List(_ => "1e999999")}]}}")),
        ("F27", "half characters, NUL, and bytes that are no UTF-8", NoText),
        ("F28a", "no object at all", () => InReview("null")),
        ("F28b", "a spec that is a string", () => InSpec("\"text\"")),
        ("F28c", "containers that are an object", () => InSpec("{\"containers\":{\"name\":\"app\"}}")),
        ("F28d", "managedFields of 2 MiB", Managed),
    ];

    private static byte[] Annotated()
    {
        var pod = Asking();
        var annotations = pod["metadata"]!["annotations"]!.AsObject();
        annotations["instrumentation.opentelemetry.io/inject-python"] = new string('x', MiB);
        for (var i = 0; i < Many; i++) annotations[$"instrumentation.opentelemetry.io/x{i}"] = "true";
        return LoadReviews.Bytes(pod);
    }

    private static byte[] NoText()
    {
        var body = InSpec($"{{\"containers\":[{{\"name\":\"a\\ud800\",\"args\":[{List(_ => "\"a\\u0000\\udc00b\"")}],\"image\":\"RAW\"}}]}}");
        var at = body.AsSpan().IndexOf("RAW"u8);
        ((ReadOnlySpan<byte>)[0xff, 0xc0, 0xaf]).CopyTo(body.AsSpan(at));
        return body;
    }

    private static byte[] Managed()
    {
        var pod = Asking();
        pod["metadata"]!["managedFields"] = new JsonArray(new JsonObject { ["fieldsV1"] = new JsonObject { ["f:x"] = new string('x', 2 * MiB) } });
        return LoadReviews.Bytes(pod);
    }

    private static byte[] InReview(string json)
    {
        var review = ReviewBuilder.Review(Asking());
        review["request"]!["object"] = "PLACE";
        return Encoding.UTF8.GetBytes(review.ToJsonString().Replace(Place, json, StringComparison.Ordinal));
    }

    private static JsonObject Asking() => LoadReviews.Pod(1, 3, 1);

    private static byte[] InSpec(string json)
    {
        var pod = Asking();
        pod["spec"] = "PLACE";
        return Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(LoadReviews.Bytes(pod)).Replace(Place, json, StringComparison.Ordinal));
    }

    private static string List(Func<int, string> item) => string.Join(',', Enumerable.Range(0, Many).Select(item));
}
