using System.Text.Json.Nodes;
using Spanhook.Injection;
using Spanhook.Injection.Decision;
using Spanhook.Server.Reporting.Counting;
using Spanhook.Server.Reporting.Publishing;

namespace Spanhook.Server.Tests.Reporting;

/// <summary>What of an outcome is counted, and for whom.</summary>
public sealed class CountingTests : IAsyncLifetime
{
    private ReportRig _rig = null!;
    private ReportingReplica _replica = null!;

    private Counts Counted => _replica.Tally.Read(_replica.Source.Published!);

    public async ValueTask InitializeAsync()
    {
        _rig = await ReportRig.StartAsync();
        _rig.PutPolicy("gpu");
        _rig.PutPolicy("all");
        _rig.PutInstrumentation("ml", "default");
        _rig.PutInstrumentation("ml", "other");
        _replica = await _rig.AddAsync("one");
    }

    [Fact]
    public void A_pod_counts_for_each_policy_that_matched_and_once_for_each_Instrumentation()
    {
        _replica.Answer(new()
        {
            Decisions = [new(Reasons.Injected, "java", "app", "Instrumentation ml/default"), new(Reasons.Injected, "python", "side", "Instrumentation ml/default"), new(Reasons.LanguageDisabled, "go", null, "Instrumentation ml/other")],
            Operations = 9,
            Policies = ["gpu", "all"],
        });
        Assert.Equal(["all 1/1", "gpu 1/1"], Counted.Policies.Select(Shown));
        Assert.Equal(["ml/default 1/1", "ml/other 0/1 language_disabled"], Counted.Instrumentations.Select(Shown));
    }

    [Fact]
    public void Matched_is_always_injected_and_skipped_together()
    {
        foreach (var reason in Reasons.All)
            _replica.Answer(new() { Decisions = [new(reason, "java", "app")], Operations = reason == Reasons.Injected ? 1 : 0, Policies = ["gpu"] });
        var report = Counted.Policies["gpu"];
        Assert.Equal(1, report.Injected);
        Assert.Equal(Reasons.All.Where(reason => reason != Reasons.Injected && reason != Reasons.NotAPodCreation).Select(reason => reason.Code).Order(StringComparer.Ordinal), report.Skipped.Keys);
        Assert.Equal(Reasons.All.Count - 1, report.Matched);
    }

    [Fact]
    public void A_pod_that_a_policy_matches_and_nobody_asks_for_counts_as_not_requested()
    {
        _replica.Answer(new() { Decisions = [new(Reasons.NotRequested)], Policies = ["all"] });
        Assert.Equal("all 0/1 not_requested", Shown(Assert.Single(Counted.Policies)));
    }

    [Fact]
    public void Nothing_is_noted_of_a_dry_run()
    {
        _replica.Answer(Results.Injected(policies: ["gpu"]), dryRun: true);
        _replica.Answer(new() { Decisions = [new(Reasons.ContainerNotFound, "java")], Policies = ["gpu"] }, dryRun: true);
        Assert.True(Counted.IsEmpty);
        Assert.Equal(0, _replica.Tally.Changes);
        Assert.False(_replica.Get<Spanhook.Server.Reporting.Events.WorkloadEvents>().Queue.TryRead(out _));
    }

    /// <summary>The API server asks again after its own plugins have edited what we added.</summary>
    [Fact]
    public void A_pod_that_comes_back_with_our_marker_was_counted_already()
    {
        var pod = new JsonObject { ["metadata"] = new JsonObject { ["name"] = "llama", ["annotations"] = new JsonObject { ["spanhook.dev/injected"] = "java/app=Instrumentation/ml/default" } }, ["spec"] = new JsonObject() };
        _replica.Answer(Results.Injected(policies: ["gpu"]));
        _replica.Answer(new() { Decisions = [new(Reasons.AlreadyInjected, "java", "app", "Instrumentation ml/default")], Policies = ["gpu"] }, of: pod);
        Assert.Equal(["gpu 1/1"], Counted.Policies.Select(Shown));
        Assert.Equal(["ml/default 1/1"], Counted.Instrumentations.Select(Shown));
    }

    [Fact]
    public void A_pod_that_nobody_asks_for_and_no_policy_matches_costs_nothing()
    {
        var result = new InjectionResult { Decisions = [new(Reasons.NotRequested)] };
        var reports = _replica.Get<Spanhook.Server.Reporting.OutcomeReports>();
        var before = 0L;
        for (var i = 0; i < 1100; i++)
        {
            if (i == 100) before = GC.GetAllocatedBytesForCurrentThread();
            reports.Record(Spanhook.Server.Admission.AdmissionOutcome.Answered("uid", result));
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(0, _replica.Tally.Changes);
    }

    /// <summary>Beside the 8 KiB that an injection may allocate: names of a workload, and no text.</summary>
    [Fact]
    public void Noting_one_more_pod_of_a_workload_allocates_at_most_half_a_KiB()
    {
        var owner = new JsonObject { ["apiVersion"] = "apps/v1", ["kind"] = "ReplicaSet", ["name"] = "llama-7c9fd5b4d8", ["uid"] = "4c1b6f0e-9f0c-4a53-b4f0-6a5a2f1a0f11", ["controller"] = true };
        var pod = new JsonObject { ["metadata"] = new JsonObject { ["generateName"] = "llama-7c9fd5b4d8-", ["labels"] = new JsonObject { ["pod-template-hash"] = "7c9fd5b4d8" }, ["ownerReferences"] = new JsonArray(owner) }, ["spec"] = new JsonObject() };
        using var document = System.Text.Json.JsonDocument.Parse(Support.Reviews.Create(pod, "ml").ToJsonString());
        var request = new Spanhook.Api.Admission.AdmissionRequest(document.RootElement.GetProperty("request"));
        var reports = _replica.Get<Spanhook.Server.Reporting.OutcomeReports>();
        var result = Results.Injected(policies: ["gpu", "all"]);
        var before = 0L;
        for (var i = 0; i < 1100; i++)
        {
            if (i == 100) before = GC.GetAllocatedBytesForCurrentThread();
            reports.Record(Spanhook.Server.Admission.AdmissionOutcome.Answered("uid", result) with { Request = request, Decisions = "java/app=injected" });
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 1000, 1, 512);
        Assert.Equal(1100, Counted.Policies["gpu"].Injected);
    }

    [Fact]
    public void The_example_is_a_recent_one_cleaned_and_cut()
    {
        _replica.Skipped("gpu", Reasons.ContainerNotFound, "first");
        _replica.Skipped("gpu", Reasons.ContainerNotFound, "second");
        Assert.Equal("ml/first", Counted.Policies["gpu"].Skipped["container_not_found"].Example);
        _rig.Time.Advance(Tally.ExampleAge);
        _replica.Skipped("gpu", Reasons.ContainerNotFound, "a\u001b[31m" + new string('x', 1000));
        var example = Counted.Policies["gpu"].Skipped["container_not_found"].Example!;
        Assert.StartsWith("ml/a\\u001b[31mxxx", example, StringComparison.Ordinal);
        Assert.InRange(example.Length, 300, Tally.LongestExample);
    }

    [Fact]
    public void Of_a_pod_without_a_name_the_example_is_what_its_name_begins_with()
    {
        var pod = new JsonObject { ["metadata"] = new JsonObject { ["generateName"] = "llama-7c9-" }, ["spec"] = new JsonObject() };
        _replica.Answer(new() { Decisions = [new(Reasons.EngineNotFound)], Policies = ["gpu"] }, of: pod);
        Assert.Equal("ml/llama-7c9", Counted.Policies["gpu"].Skipped["engine_not_found"].Example);
    }

    [Fact]
    public async Task Many_threads_lose_no_count()
    {
        var reasons = Reasons.All.Where(reason => reason != Reasons.Injected && reason != Reasons.NotAPodCreation).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 500; i++)
            {
                _replica.Injected("gpu");
                _replica.Skipped("gpu", reasons[(thread + i) % 20]);
            }
        })));
        Assert.Equal((4000, 8000), (Counted.Policies["gpu"].Injected, Counted.Policies["gpu"].Matched));
    }

    [Fact]
    public async Task What_was_made_anew_under_its_name_begins_anew()
    {
        _replica.Injected("gpu", 5);
        Assert.Equal(5, Counted.Policies["gpu"].Injected);
        var before = _replica.Source.Published;
        _rig.Policies.Delete("gpu");
        _rig.PutPolicy("gpu");
        await Spanhook.Support.Eventually.IsTrueAsync(() => _replica.Source.Published != before && _replica.Source.Published!.PolicyUids.ContainsKey("gpu"));
        Assert.Empty(Counted.Policies);
        _replica.Injected("gpu", 2);
        Assert.Equal(2, Counted.Policies["gpu"].Injected);
    }

    [Fact]
    public void What_has_no_room_is_not_counted_and_said_so()
    {
        var table = new TallyTable(most: 2, _rig.Time);
        Assert.NotNull(table.Of("a"));
        Assert.NotNull(table.Of("b"));
        Assert.Null(table.Of("c"));
        Assert.NotNull(table.Of("a"));
        table.Read("", new Dictionary<string, string>(StringComparer.Ordinal) { ["b"] = "uid" });
        Assert.NotNull(table.Of("c"));
    }

    /// <summary>The budget: 1 MiB for 1,000 policies.</summary>
    [Fact]
    public void A_thousand_policies_take_less_than_a_mebibyte_of_memory_and_little_of_the_ConfigMap()
    {
        var tally = new AdmissionTally(_rig.Time);
        var names = Enumerable.Range(0, 1000).Select(i => $"policy-{i}").ToArray();
        var request = System.Text.Json.JsonDocument.Parse(Reviews().ToJsonString()).RootElement.GetProperty("request");
        var before = GC.GetAllocatedBytesForCurrentThread(); // what is kept is less
        foreach (var reason in (Reason[])[Reasons.Injected, Reasons.ContainerNotFound, Reasons.NotRequested])
        {
            var result = new InjectionResult { Decisions = [new(reason)], Operations = reason == Reasons.Injected ? 1 : 0, Policies = names };
            tally.Add(Spanhook.Server.Admission.AdmissionOutcome.Answered("uid", result) with { Request = new(request) }, result);
        }

        var taken = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(taken, 10_000, 1024 * 1024);
        var skipped = new SortedDictionary<string, SkipReport>(StringComparer.Ordinal) { ["container_not_found"] = new() { Count = 7, Example = "ml/llama-7c9fd5b4d8-x2x4z" }, ["not_requested"] = new() { Count = 4711, Example = "ml/web-5d59d67564-k2j7p" } };
        var counts = new Counts { Policies = new(names.ToDictionary(name => name, name => new ObjectReport { Uid = Guid.NewGuid().ToString(), Injected = 12, Skipped = skipped }, StringComparer.Ordinal), StringComparer.Ordinal) };
        Assert.InRange(ReportText.Write(new InstanceReport { Counts = counts }, ReportJsonContext.Default.InstanceReport).Length, 10_000, ReportText.Longest / 4);
        GC.KeepAlive(tally);
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    private static JsonObject Reviews() => Support.Reviews.Java();

    private static string Shown(KeyValuePair<string, ObjectReport> entry) => $"{entry.Key} {entry.Value.Injected}/{entry.Value.Matched} {string.Join(' ', entry.Value.Skipped.Keys)}".TrimEnd();
}
