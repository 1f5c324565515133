using System.Text.Json.Nodes;
using Spanhook.Server.Admission;
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
        Assert.Equal(which.Inject().Result.Warnings.Select(warning => AdmissionReviewWriter.Clean("spanhook: " + warning)), reply.Warnings);
    }

    [Theory, MemberData(nameof(All))]
    public async Task A_second_pass_over_HTTPS_changes_nothing(string name)
    {
        var which = Case.Named(name);
        shared.Server.Cluster.Replace(which.Snapshot);
        JsonNode once = (await shared.Server.PostAsync(Reviews.Create(which.Pod(), which.Namespace))).Applied(which.Pod());
        Assert.Null((await shared.Server.PostAsync(Reviews.Create(once, which.Namespace))).AssertAllowed().Response["patch"]);
    }
}
