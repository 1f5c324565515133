using System.Text.Json.Nodes;
using Spanhook.Server.Tests.Support;
using Spanhook.Support;

namespace Spanhook.Server.Tests.Admission;

/// <summary>No value of a variable reaches a log line, and no name can write lines or colours of its own into the log.</summary>
public sealed class SecrecyTests(SharedWebhook shared) : IClassFixture<SharedWebhook>
{
    public static TheoryData<string> All => [.. Case.All];

    [Theory, MemberData(nameof(All))]
    public async Task A_secret_in_any_variable_of_a_case_is_in_no_log_line(string name)
    {
        var which = Case.Named(name);
        shared.Server.Cluster.Replace(which.Snapshot);
        shared.Server.Log.Clear();
        var pod = SecretMarker.In(which.Pod());
        var reply = (await shared.Server.PostAsync(Reviews.Create(pod, which.Namespace))).AssertAllowed();
        Assert.Equal(which.Inject(pod).Patch, reply.Patch);
        SecretMarker.AssertAbsent([.. reply.Warnings, reply.Decision ?? ""]);
        (await shared.Server.PostAsync(Reviews.Create(InEveryValue(which.Pod()), which.Namespace))).AssertAllowed();

        Assert.NotEmpty(shared.Server.Log.All);
        AssertNoSecret();
        AssertNoControls();
    }

    [Fact]
    public async Task A_secret_in_a_review_that_cannot_be_read_is_in_no_log_line()
    {
        shared.Server.Log.Clear();
        var text = Reviews.Create(SecretMarker.In(Reviews.JavaPod())).ToJsonString();
        for (var length = 1; length < text.Length; length += 11) await shared.Server.PostAsync(text[..length]);
        await shared.Server.PostAsync(text.Replace("\"value\":", "\"value\":1,\"value\":", StringComparison.Ordinal));
        await shared.Server.PostAsync(text.Replace("\"value\":", "\"value\"", StringComparison.Ordinal));
        AssertNoSecret();
        AssertNoControls();
    }

    [Theory]
    [InlineData("\u001b[31mred\u001b[0m")]
    [InlineData("a\ninfo: forged")]
    [InlineData("a\r\nb")]
    [InlineData("a\u0000b\u0007")]
    [InlineData("a\u009b31mb\u0085c\u2028d")]
    public async Task A_name_cannot_write_into_the_log(string name)
    {
        shared.Server.Log.Clear();
        shared.Server.Cluster.Replace(Case.Named("java/defaults").Snapshot);
        foreach (var (place, spoil) in Places(name))
        {
            var review = Reviews.Java();
            spoil(review["request"]!.AsObject());
            var reply = await shared.Server.PostAsync(review);
            reply.AssertAllowed(place == "uid" ? name : Reviews.Uid);
            Assert.DoesNotContain(reply.Warnings.Append(reply.Decision ?? ""), text => text.Any(char.IsControl));
        }

        await shared.Server.PostAsync(name);
        await shared.Server.PostAsync(new JsonObject { ["kind"] = "AdmissionReview", ["apiVersion"] = name });
        Assert.NotEmpty(shared.Server.Log.All);
        AssertNoControls();
    }

    [Fact]
    public async Task A_name_of_a_mebibyte_does_not_fill_the_log()
    {
        shared.Server.Log.Clear();
        var name = new string('x', 1 << 20);
        foreach (var (place, spoil) in Places(name))
        {
            var review = Reviews.Java();
            spoil(review["request"]!.AsObject());
            (await shared.Server.PostAsync(review)).AssertAllowed(place == "uid" ? name : Reviews.Uid);
        }

        Assert.All(shared.Server.Log.All.Where(line => line.IsOurs), line => Assert.InRange(line.Message.Length, 1, 2000));
    }

    private static IEnumerable<(string Place, Action<JsonObject> Spoil)> Places(string name) =>
    [
        ("uid", request => request["uid"] = name),
        ("namespace", request => request["namespace"] = name),
        ("operation", request => request["operation"] = name),
        ("user", request => request["userInfo"]!["username"] = name),
        ("pod", request => request["object"]!["metadata"]!["name"] = name),
        ("generateName", request => request["object"]!["metadata"] = new JsonObject { ["generateName"] = name, ["annotations"] = new JsonObject { [Reviews.InjectJava] = "true" } }),
        ("container", request => request["object"]!["spec"]!["containers"]![0]!["name"] = name),
        ("inject annotation", request => request["object"]!["metadata"]!["annotations"]![Reviews.InjectJava] = name),
        ("container names", request => request["object"]!["metadata"]!["annotations"]!["instrumentation.opentelemetry.io/container-names"] = name),
        ("image", request => request["object"]!["spec"]!["containers"]![0]!["image"] = name),
        ("field twice", request => request["object"]!["spec"]!["containers"]![0]!["env"] = new JsonArray(new JsonObject { ["value"] = name })),
    ];

    /// <summary>Into the values that the injection reads and extends, too.</summary>
    private static JsonNode InEveryValue(JsonNode pod)
    {
        foreach (var list in (string[])["containers", "initContainers"])
        {
            var entries = (pod["spec"]![list] as JsonArray ?? []).SelectMany(container => container!["env"] as JsonArray ?? []);
            foreach (var entry in entries.Where(entry => entry!["value"] is not null)) entry!["value"] = entry["value"] + SecretMarker.Value;
        }

        return pod;
    }

    private void AssertNoSecret() => SecretMarker.AssertAbsent(shared.Server.Log.All.SelectMany(line => line.Values.Append(line.Message)));

    private void AssertNoControls() =>
        Assert.DoesNotContain(shared.Server.Log.All.Where(line => line.IsOurs), line => line.Message.Any(char.IsControl) || line.Message.Contains('\u2028', StringComparison.Ordinal));
}
