using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spanhook.Load.Generating;
using Spanhook.Support;

namespace Spanhook.Load.Pods;

/// <summary>The reviews that are sent, and the objects that the webhook has to know for them.</summary>
internal static class LoadReviews
{
    private const int KB = 1024;

    /// <summary>Namespace and Instrumentation, as YAML.</summary>
    public static string Cluster { get; } = ReviewBuilder.Instrumentation(ReviewBuilder.Namespace);

    /// <summary>
    /// Mix R: 70 % pods of 3 KB that are not selected, 25 % pods of 10 KB with the Java agent in one, two or three containers, 5 % pods of 50 KB with it in
    /// one of eight. The sizes are those of the pod; the review around it has 1 KB more.
    /// </summary>
    public static ReviewMix Mix(bool keepAlive = true)
    {
        PreparedReview Prepare(JsonObject pod, Expected expected) => new(Bytes(pod), expected, keepAlive);
        return new(
            (0.70, Prepare(Sized(3 * KB, 1, 0), Expected.NoPatch)),
            (0.10, Prepare(Sized(10 * KB, 2, 1), Expected.Patch)),
            (0.10, Prepare(Sized(10 * KB, 2, 2), Expected.Patch)),
            (0.05, Prepare(Sized(10 * KB, 3, 3), Expected.Patch)),
            (0.05, Prepare(Sized(50 * KB, 8, 1), Expected.Patch)));
    }

    /// <summary>100 containers of 40 variables; as many are injected as a patch may hold.</summary>
    public static ReviewMix Wide() => Only(Pod(100, 40, 8), Expected.Patch);

    /// <summary>A pod as large as etcd takes: most of it is one annotation.</summary>
    public static ReviewMix Huge()
    {
        var pod = Pod(1, 5, 1);
        pod["metadata"]!["annotations"]!["example.com/notes"] = new string('x', (int)(2.9 * KB * KB) - Length(pod));
        return Only(pod, Expected.Patch);
    }

    /// <summary>Pods of 3 KB that ask for nothing.</summary>
    public static ReviewMix NotSelected() => Only(Sized(3 * KB, 1, 0), Expected.NoPatch);

    /// <summary>Pods of another namespace that ask for the Java agent; no Instrumentation is there.</summary>
    public static ReviewMix OfNamespace(string name)
    {
        var review = ReviewBuilder.Review(Pod(1, 5, 1));
        review["request"]!["namespace"] = name;
        return new((1, new PreparedReview(JsonSerializer.SerializeToUtf8Bytes<JsonNode>(review), Expected.NoPatch)));
    }

    /// <summary>One pod of 10 KB with the Java agent in its container.</summary>
    public static ReviewMix Injected() => Only(Sized(10 * KB, 1, 1), Expected.Patch);

    /// <summary>A pod whose only wish is the Instrumentation of that name: injected once the webhook knows it.</summary>
    public static byte[] Asking(string instrumentation)
    {
        var pod = Pod(1, 5, 1);
        pod["metadata"]!["annotations"]!["instrumentation.opentelemetry.io/inject-java"] = instrumentation;
        return Bytes(pod);
    }

    /// <summary>A pod with this many containers and variables, of which the first few ask for the Java agent.</summary>
    public static JsonObject Pod(int containers, int variables, int injected)
    {
        var names = Enumerable.Range(0, containers).Select(i => string.Create(CultureInfo.InvariantCulture, $"app-{i}")).ToList();
        var applications = new JsonArray([.. names.Select(name => ReviewBuilder.Application(name, variables))]);
        return injected == 0
            ? ReviewBuilder.Pod(applications)
            : ReviewBuilder.Pod(applications, ("inject-java", "true"), ("container-names", string.Join(',', names.Take(injected))));
    }

    public static byte[] Bytes(JsonObject pod) => JsonSerializer.SerializeToUtf8Bytes<JsonNode>(ReviewBuilder.Review(pod));

    private static ReviewMix Only(JsonObject pod, Expected expected) => new((1, new PreparedReview(Bytes(pod), expected)));

    /// <summary>As many variables as make the pod that large; without its managed fields if it is too large even so.</summary>
    private static JsonObject Sized(int size, int containers, int injected)
    {
        for (var variables = 0; ; variables++)
        {
            var pod = Pod(containers, variables, injected);
            if (variables == 0 && Length(pod) > size) pod["metadata"]!.AsObject().Remove("managedFields");
            if (Length(pod) >= size) return pod;
        }
    }

    private static int Length(JsonObject pod) => JsonSerializer.SerializeToUtf8Bytes<JsonNode>(pod).Length;
}
