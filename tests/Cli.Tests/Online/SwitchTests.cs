using System.Text.Json.Nodes;
using Spanhook.Support;

namespace Spanhook.Cli.Tests.Online;

/// <summary><c>off</c> and <c>on</c> against an API server.</summary>
public sealed class SwitchTests
{
    [Fact]
    public async Task The_transcripts_of_off_and_on_are_golden()
    {
        await using var cluster = await KnownAsync();
        Transcript.AssertMatches("off-on",
            ("off --dry-run", cluster.Run("off", "--dry-run")),
            ("off --reason \"INC-1: pods do not start\"", cluster.Run("off", "--reason", "INC-1: pods do not start")),
            ("off", cluster.Run("off")),
            ("on --dry-run", cluster.Run("on", "--dry-run")),
            ("on", cluster.Run("on")),
            ("on", cluster.Run("on")),
            ("off --webhook-configuration none", cluster.Run("off", "--webhook-configuration", "none")));
    }

    [Fact]
    public async Task On_leaves_the_configuration_as_it_was_before_off()
    {
        await using var cluster = await KnownAsync();
        var before = Stripped(cluster);
        Assert.Equal(0, cluster.Run("off").ExitCode);
        Assert.NotEqual(before, Stripped(cluster));
        Assert.Equal(["not-a-mirror-pod", "not-by-the-webhook", "not-by-a-node", "spanhook.dev/off"], Conditions(cluster));
        Assert.Equal(0, cluster.Run("on").ExitCode);
        Assert.Equal(before, Stripped(cluster));
    }

    [Fact]
    public async Task A_dry_run_changes_nothing()
    {
        await using var cluster = await KnownAsync();
        var before = Stripped(cluster);
        cluster.Run("off", "--dry-run");
        Assert.Equal(before, Stripped(cluster));
        Assert.Contains(cluster.Server.Requests, request => request.Method == "PATCH" && request.Query["dryRun"] == "All");
    }

    [Theory]
    [InlineData("yes\n", 0, 4)]
    [InlineData("y\n", 0, 4)]
    [InlineData("no\n", 1, 3)]
    [InlineData("\n", 1, 3)]
    [InlineData("", 1, 3)]
    public async Task Somebody_at_a_terminal_is_asked(string answer, int exitCode, int conditions)
    {
        await using var cluster = await KnownAsync();
        var run = cluster.RunWith(new Conversation(answer, CanAsk: true), "off");
        Assert.Equal((exitCode, conditions), (run.ExitCode, Conditions(cluster).Count));
        Assert.Contains("Switch off the webhook of https://api.example/", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_says_yes_beforehand_is_not_asked()
    {
        await using var cluster = await KnownAsync();
        Assert.Equal((0, ""), cluster.RunWith(new Conversation("", CanAsk: true), "off", "--yes") is var run ? (run.ExitCode, run.Error) : default);
    }

    [Fact]
    public async Task Who_may_not_is_told_which_permission_is_missing()
    {
        await using var cluster = await KnownAsync();
        cluster.Server.Fault = request => request.Method == "PATCH" ? FakeFault.Answer(403, "Forbidden") : null;
        var run = cluster.Run("off");
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("you may not patch mutatingwebhookconfigurations.admissionregistration.k8s.io in the whole cluster", run.Error, StringComparison.Ordinal);
    }

    private static async Task<OnlineCluster> KnownAsync()
    {
        var cluster = await OnlineCluster.StartAsync();
        cluster.Server.Serve("/apis/authentication.k8s.io/v1/selfsubjectreviews", "SelfSubjectReview").Admit = review =>
        {
            review["status"] = new JsonObject { ["userInfo"] = new JsonObject { ["username"] = "jane@example.com" } };
            return review;
        };
        return cluster;
    }

    private static JsonObject Configuration(OnlineCluster cluster) => cluster.Find("MutatingWebhookConfiguration", "spanhook");

    private static List<string> Conditions(OnlineCluster cluster) =>
        [.. Configuration(cluster)["webhooks"]![0]!["matchConditions"]!.AsArray().Select(condition => condition!["name"]!.GetValue<string>())];

    private static string Stripped(OnlineCluster cluster)
    {
        var json = Configuration(cluster);
        json["metadata"]!.AsObject().Remove("resourceVersion");
        if (json["metadata"]!["annotations"] is JsonObject { Count: 0 }) json["metadata"]!.AsObject().Remove("annotations");
        return json.ToJsonString();
    }
}
