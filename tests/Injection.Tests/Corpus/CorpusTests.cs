using Spanhook.Api.Policy;
using Spanhook.Injection.Cluster;
using Spanhook.Support;
using Spanhook.Support.Corpus;

namespace Spanhook.Injection.Tests.Corpus;

/// <summary>
/// Every recorded result of the OpenTelemetry Operator: where no rule of ours differs, the pod is exactly the same; where one
/// does, it is exactly what is written in <c>expected/</c>.
/// </summary>
public sealed class CorpusTests
{
    private static readonly TracingPolicy Privileged = new()
    {
        Metadata = new() { Name = "privileged" },
        Spec = new() { PrivilegedInjection = new() { AllowedNamespaces = ["ns1"] } },
    };

    public static TheoryData<string> Alike => Rows(record => !ExpectedResult.IsWritten(record));

    public static TheoryData<string> Different => Rows(ExpectedResult.IsWritten);

    public static TheoryData<string> DifferentWithPolicy => Rows(record => ExpectedResult.IsWritten(record) && ExpectedResult.Read(record.Name).WithPolicy is not null);

    [Theory, MemberData(nameof(Alike))]
    public void A_record_without_a_difference_gives_its_recorded_pod(string name)
    {
        Assert.SkipUnless(InstrumentationCorpus.IsPresent, InstrumentationCorpus.Absent);
        var record = InstrumentationCorpus.Read(name);
        var injected = Run(record, policy: null);
        if (record.IsChanged) AssertPod(record.OutputPod.DeepClone(), injected, name);
        else AssertUnchanged(injected, name);
    }

    [Theory, MemberData(nameof(Different))]
    public void A_record_with_a_difference_gives_what_our_rules_say(string name)
    {
        Assert.SkipUnless(InstrumentationCorpus.IsPresent, InstrumentationCorpus.Absent);
        var record = InstrumentationCorpus.Read(name);
        AssertResult(ExpectedResult.Read(name).WithoutPolicy, Run(record, policy: null), name);
    }

    [Theory, MemberData(nameof(DifferentWithPolicy))]
    public void A_record_with_a_difference_gives_what_our_rules_say_where_a_policy_allows_privileged_injection(string name)
    {
        Assert.SkipUnless(InstrumentationCorpus.IsPresent, InstrumentationCorpus.Absent);
        var record = InstrumentationCorpus.Read(name);
        AssertResult(ExpectedResult.Read(name).WithPolicy!, Run(record, Privileged), name);
    }

    [Theory, MemberData(nameof(Alike)), MemberData(nameof(Different))]
    public void A_second_pass_over_a_record_changes_nothing(string name)
    {
        Assert.SkipUnless(InstrumentationCorpus.IsPresent, InstrumentationCorpus.Absent);
        var record = InstrumentationCorpus.Read(name);
        var cluster = ClusterSnapshot.Compile(record.Cluster(Privileged));
        var once = Injected.From(record.PodJson, record.Namespace, cluster, record.Options);
        AssertUnchanged(once.Again(record.Namespace, cluster, record.Options), $"{name}, second pass");
    }

    private static TheoryData<string> Rows(Func<CorpusRecord, bool> which)
    {
        var rows = new TheoryData<string>(InstrumentationCorpus.Names.Where(name => which(InstrumentationCorpus.Read(name))));
        if (!InstrumentationCorpus.IsPresent) rows.Add("(absent)");
        return rows;
    }

    private static Injected Run(CorpusRecord record, TracingPolicy? policy) =>
        Injected.From(record.PodJson, record.Namespace, ClusterSnapshot.Compile(record.Cluster(policy)), record.Options);

    private static void AssertResult(Expectation expected, Injected injected, string name)
    {
        if (expected.Pod is { } pod) AssertPod(pod.DeepClone(), injected, name);
        else AssertUnchanged(injected, name);
        foreach (var code in expected.Reasons) Assert.Contains(code, injected.Codes);
    }

    private static void AssertPod(System.Text.Json.Nodes.JsonNode expected, Injected injected, string name)
    {
        if (!injected.Result.IsInjected) Assert.Fail($"{name}: expected to be injected, but: {string.Join("; ", injected.Result.Decisions.Select(d => d.Message))}");
        Assert.True(InjectionMark.IsOn(injected.Pod), $"{name}: the injected pod lacks the annotation or the label {InjectionMark.Key}");
        var theirs = CorpusPod.Normal(expected);
        var ours = CorpusPod.Normal(injected.Pod);
        foreach (var script in CorpusPod.TakeScripts(theirs, ours)) Assert.StartsWith("set -e", script.TrimStart(), StringComparison.Ordinal);
        JsonDifference.AssertSame(theirs, ours, name);
    }

    private static void AssertUnchanged(Injected injected, string name)
    {
        Assert.True(injected.Patch.Length == 0, $"{name}: expected no patch, but there is {System.Text.Encoding.UTF8.GetString(injected.Patch)}");
        Assert.False(injected.Result.IsInjected);
    }
}
