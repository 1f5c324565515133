using System.Text;
using System.Text.Json.Nodes;
using Spanhook.Support;
using Spanhook.Support.Judges;

namespace Spanhook.Injection.Tests.Judges;

/// <summary>Appliers that we did not write make of every patch the pod that ours makes.</summary>
public sealed class JudgeTests
{
    public static TheoryData<string> Patched => [.. Case.All.Where(name => Case.Named(name).Inject().Patch.Length > 0)];

    [Theory, MemberData(nameof(Patched))]
    public void AspNetCore_JsonPatch_gives_the_same_pod(string name)
    {
        var which = Case.Named(name);
        var injected = which.Inject();
        AssertSameMeaning(injected.Pod, JsonPatchPackage.Apply(which.Pod(), injected.Patch), name);
    }

    [Theory, MemberData(nameof(Patched))]
    public void Kubectl_gives_the_same_pod(string name)
    {
        Assert.SkipUnless(Kubectl.IsPresent, Kubectl.Absent);
        var which = Case.Named(name);
        var injected = which.Inject();
        AssertSameMeaning(injected.Pod, Kubectl.Apply(which.PodFile, Encoding.UTF8.GetString(injected.Patch)), name);
    }

    /// <summary>Both judges read numbers into types: 0.10 comes back as 0.1.</summary>
    private static void AssertSameMeaning(JsonNode ours, JsonNode theirs, string name)
    {
        if (!JsonNode.DeepEquals(ours, theirs)) JsonDifference.AssertSame(theirs, ours, name);
        Assert.True(JsonNode.DeepEquals(ours, theirs));
    }
}
