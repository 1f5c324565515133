using System.Text.Json.Nodes;
using Spanhook.Server.Tests.Support;
using Spanhook.Support;

namespace Spanhook.Server.Tests.Admission;

/// <summary>Every case of <c>tests/Fixtures</c> over HTTPS.</summary>
public sealed class CaseTests(SharedWebhook shared) : IClassFixture<SharedWebhook>
{
    public static TheoryData<string> All => [.. Case.All];

    [Theory, MemberData(nameof(All))]
    public async Task A_case_gives_its_golden_patch_and_pod_over_HTTPS(string name)
    {
        var which = Case.Named(name);
        shared.Server.Cluster.Replace(which.Snapshot);
        var pod = which.Pod();
        var reply = (await shared.Server.PostAsync(Reviews.Create(pod.DeepClone(), which.Namespace))).AssertAllowed();
        CaseAssert.Patch(which, reply.Patch);
        CaseAssert.Pod(which, reply.Applied(pod));
        var expected = which.Inject().Result.Warnings.Select(warning => "spanhook: " + warning).ToList();
        Assert.Equal(expected.Count, reply.Warnings.Count);
        Assert.All(expected.Zip(reply.Warnings), pair => AssertShown(pair.First, pair.Second));
    }

    [Theory, MemberData(nameof(All))]
    public async Task A_second_pass_over_HTTPS_changes_nothing_with_and_without_our_mark(string name)
    {
        var which = Case.Named(name);
        shared.Server.Cluster.Replace(which.Snapshot);
        JsonNode once = (await shared.Server.PostAsync(Reviews.Create(which.Pod(), which.Namespace))).Applied(which.Pod());
        foreach (var pod in (JsonNode[])[once, InjectionMark.Stripped(once)])
            Assert.Null((await shared.Server.PostAsync(Reviews.Create(pod, which.Namespace))).AssertAllowed().Response["patch"]);
    }

    /// <summary>The API server cuts a warning at 256 characters; of a longer one we keep the code at its end.</summary>
    private static void AssertShown(string expected, string shown)
    {
        if (expected.Length <= 256)
        {
            Assert.Equal(expected, shown);
            return;
        }

        Assert.Equal(256, shown.Length);
        Assert.StartsWith(shown.Split('…')[0], expected, StringComparison.Ordinal);
        Assert.EndsWith(expected[expected.LastIndexOf(" (", StringComparison.Ordinal)..], shown, StringComparison.Ordinal);
    }
}
