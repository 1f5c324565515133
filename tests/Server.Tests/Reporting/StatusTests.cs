using System.Text.Json.Nodes;
using Spanhook.Injection.Decision;
using Spanhook.Server.Reporting.Statuses;
using Spanhook.Support;

namespace Spanhook.Server.Tests.Reporting;

/// <summary>What stands in the status of policies and Instrumentations, and when it is written.</summary>
public sealed class StatusTests : IAsyncLifetime
{
    private ReportRig _rig = null!;

    public async ValueTask InitializeAsync() => _rig = await ReportRig.StartAsync();

    [Fact]
    public async Task An_object_without_problems_is_accepted_and_counted_from_zero()
    {
        _rig.PutPolicy("gpu", generation: 3);
        _rig.PutInstrumentation("ml", "default");
        await (await _rig.AddAsync("one")).RoundAsync();
        foreach (var status in (JsonNode?[])[_rig.StatusOf("gpu"), _rig.StatusOf("ml", "default")])
        {
            Assert.Equal("0 0", ReportRig.Counted(status));
            Assert.Equal(("True", "Valid"), Shown(status, "Accepted"));
            Assert.Equal(("False", "AsExpected"), Shown(status, "Degraded"));
            Assert.Matches("^2030-01-01T00:00:[0-9]{2}Z$", status!["countedSince"]!.GetValue<string>());
            Assert.Matches("^2030-01-01T00:00:[0-9]{2}Z$", ReportRig.Condition(status, "Accepted")["lastTransitionTime"]!.GetValue<string>());
        }

        Assert.Equal((3, 3), (_rig.StatusOf("gpu")!["observedGeneration"]!.GetValue<long>(), ReportRig.Condition(_rig.StatusOf("gpu"), "Accepted")["observedGeneration"]!.GetValue<long>()));
    }

    [Fact]
    public async Task Every_problem_is_in_one_message()
    {
        _rig.PutPolicy("gpu", new JsonObject { ["instrumentation"] = new JsonObject { ["sampler"] = new JsonObject { ["type"] = "sometimes" }, ["propagators"] = new JsonArray("pigeon") } });
        await (await _rig.AddAsync("one")).RoundAsync();
        Assert.Equal(("False", "Invalid"), Shown(_rig.StatusOf("gpu"), "Accepted"));
        var message = ReportRig.Condition(_rig.StatusOf("gpu"), "Accepted")["message"]!.GetValue<string>();
        Assert.Contains("sampler", message, StringComparison.Ordinal);
        Assert.Contains("pigeon", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_condition_keeps_its_time_until_its_status_changes()
    {
        _rig.PutPolicy("gpu");
        var one = await _rig.AddAsync("one");
        await one.RoundAsync();
        var since = Since("Accepted");
        var counted = _rig.StatusOf("gpu")!["countedSince"]!.GetValue<string>();
        _rig.Time.Advance(TimeSpan.FromMinutes(5));
        one.Injected("gpu");
        await one.RoundAsync();
        Assert.Equal("1 1", ReportRig.Counted(_rig.StatusOf("gpu")));
        Assert.Equal((since, counted), (Since("Accepted"), _rig.StatusOf("gpu")!["countedSince"]!.GetValue<string>()));

        await ChangeAsync(one, new JsonObject { ["instrumentation"] = new JsonObject { ["sampler"] = new JsonObject { ["type"] = "sometimes" } } }, generation: 2);
        await one.RoundAsync();
        Assert.Equal(("False", "Invalid"), Shown(_rig.StatusOf("gpu"), "Accepted"));
        Assert.NotEqual(since, Since("Accepted"));
        Assert.Equal(2, _rig.StatusOf("gpu")!["observedGeneration"]!.GetValue<long>());
    }

    [Fact]
    public async Task The_next_writer_goes_on_with_the_times_that_it_finds()
    {
        _rig.PutPolicy("gpu");
        var (one, two) = (await _rig.AddAsync("one"), await _rig.AddAsync("two"));
        one.Injected("gpu", 2);
        await one.RoundAsync();
        var (accepted, counted) = (Since("Accepted"), _rig.StatusOf("gpu")!["countedSince"]!.GetValue<string>());
        await one.Lease.ReleaseAsync(CancellationToken.None);
        _rig.Time.Advance(TimeSpan.FromMinutes(1));
        var before = StatusWrites();
        await two.RoundAsync();
        Assert.Equal(before, StatusWrites()); // it says the same
        two.Injected("gpu");
        await two.RoundAsync();
        Assert.Equal("3 3", ReportRig.Counted(_rig.StatusOf("gpu")));
        Assert.Equal((accepted, counted), (Since("Accepted"), _rig.StatusOf("gpu")!["countedSince"]!.GetValue<string>()));
        Assert.Contains(two.Log.All, line => line.Message.Contains("writes the statuses of all", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_the_holder_of_the_Lease_writes_and_it_stops_when_it_cannot_renew()
    {
        _rig.PutPolicy("gpu");
        var (one, two) = (await _rig.AddAsync("one"), await _rig.AddAsync("two"));
        await one.RoundAsync();
        var before = StatusWrites();
        two.Injected("gpu");
        await two.RoundAsync();
        Assert.Equal(before, StatusWrites());
        _rig.Time.Advance(TimeSpan.FromSeconds(11)); // one was suspended
        await one.CountAsync();
        Assert.Equal(before, StatusWrites());
        await one.RoundAsync();
        Assert.Equal("1 1", ReportRig.Counted(_rig.StatusOf("gpu")));
    }

    [Fact]
    public async Task What_differs_in_nothing_is_not_written()
    {
        for (var i = 0; i < 10; i++) _rig.PutPolicy($"p{i}");
        var one = await _rig.AddAsync("one");
        await one.RoundAsync();
        Assert.Equal(10, StatusWrites());
        one.Injected("p3");
        for (var i = 0; i < 5; i++) await one.RoundAsync();
        Assert.Equal(11, StatusWrites());
    }

    [Fact]
    public async Task At_most_five_are_written_in_a_second()
    {
        for (var i = 0; i < 30; i++) _rig.PutPolicy($"p{i:00}");
        var one = await _rig.AddAsync("one");
        await one.Lease.TryHoldAsync(TestContext.Current.CancellationToken);
        var before = _rig.Time.GetUtcNow();
        await one.CountAsync();
        Assert.Equal(30, StatusWrites());
        Assert.InRange((_rig.Time.GetUtcNow() - before).TotalSeconds, 29 / 5.0, 10);
    }

    [Fact]
    public async Task A_skipped_pod_degrades_its_policy_until_none_was_skipped_for_long()
    {
        _rig.PutPolicy("gpu");
        var one = await _rig.AddAsync("one");
        await one.RoundAsync();
        one.Skipped("gpu", Reasons.RolloutNotSelected);
        await one.RoundAsync();
        Assert.Equal(("False", "AsExpected"), Shown(_rig.StatusOf("gpu"), "Degraded"));
        one.Skipped("gpu", Reasons.EngineWithoutOpenTelemetry, "llama-7c9");
        await one.RoundAsync();
        Assert.Equal(("True", "PodsSkipped"), Shown(_rig.StatusOf("gpu"), "Degraded"));
        Assert.Contains(Reasons.EngineWithoutOpenTelemetry.Sentence, ReportRig.Condition(_rig.StatusOf("gpu"), "Degraded")["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("2 0 engine_without_opentelemetry:1 rollout_not_selected:1", ReportRig.Counted(_rig.StatusOf("gpu")));
        Assert.Equal("ml/llama-7c9", _rig.StatusOf("gpu")!["skippedReasons"]![0]!["example"]!.GetValue<string>());

        _rig.Time.Advance(KnownStatus.Lately - TimeSpan.FromMinutes(1));
        await one.RoundAsync();
        Assert.Equal(("True", "PodsSkipped"), Shown(_rig.StatusOf("gpu"), "Degraded"));
        _rig.Time.Advance(TimeSpan.FromMinutes(2));
        await one.RoundAsync();
        Assert.Equal(("False", "AsExpected"), Shown(_rig.StatusOf("gpu"), "Degraded"));
    }

    [Fact]
    public async Task The_next_writer_knows_which_skips_are_old()
    {
        _rig.PutPolicy("gpu");
        var (one, two) = (await _rig.AddAsync("one"), await _rig.AddAsync("two"));
        one.Skipped("gpu", Reasons.EngineNotFound);
        await one.RoundAsync();
        _rig.Time.Advance(KnownStatus.Lately);
        await one.RoundAsync();
        Assert.Equal(("False", "AsExpected"), Shown(_rig.StatusOf("gpu"), "Degraded"));
        await one.Lease.ReleaseAsync(CancellationToken.None);
        await two.RoundAsync();
        Assert.Equal(("False", "AsExpected"), Shown(_rig.StatusOf("gpu"), "Degraded"));
    }

    [Fact]
    public async Task A_definition_without_status_is_said_once_and_asked_again_after_an_hour()
    {
        _rig.Instrumentations.HasStatus = false;
        _rig.PutPolicy("gpu");
        _rig.PutInstrumentation("ml", "default");
        _rig.PutInstrumentation("ml", "other");
        var one = await _rig.AddAsync("one");
        for (var i = 0; i < 4; i++)
        {
            await one.RoundAsync();
            _rig.Time.Advance(TimeSpan.FromMinutes(14));
        }

        Assert.Equal("0 0", ReportRig.Counted(_rig.StatusOf("gpu")));
        Assert.Equal(1, StatusWrites("instrumentations"));
        Assert.Single(one.Log.All, line => line.Message.Contains("instrumentations in this cluster has no status subresource", StringComparison.Ordinal));

        _rig.Instrumentations.HasStatus = true;
        _rig.Time.Advance(TimeSpan.FromMinutes(5));
        await one.RoundAsync();
        Assert.Equal("0 0", ReportRig.Counted(_rig.StatusOf("ml", "default")));
        Assert.Equal("0 0", ReportRig.Counted(_rig.StatusOf("ml", "other")));
    }

    [Theory]
    [InlineData(403, "Forbidden", "grant patch of tracingpolicies/status")]
    [InlineData(422, "Invalid", "does not know our status")]
    public async Task A_kind_that_may_not_be_written_does_not_keep_the_other_from_it(int status, string reason, string said)
    {
        _rig.PutPolicy("gpu");
        _rig.PutInstrumentation("ml", "default");
        _rig.Server.Fault = request => request.Method == "PATCH" && request.Path.Contains("tracingpolicies", StringComparison.Ordinal) ? FakeFault.Answer(status, reason) : null;
        var one = await _rig.AddAsync("one");
        for (var i = 0; i < 3; i++) await one.RoundAsync();
        Assert.Equal(1, StatusWrites("tracingpolicies"));
        Assert.Equal("0 0", ReportRig.Counted(_rig.StatusOf("ml", "default")));
        Assert.Single(one.Log.All, line => line.Message.Contains(said, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_others_write_into_a_status_stays_and_does_not_disturb()
    {
        _rig.PutInstrumentation("ml", "default");
        var value = _rig.Instrumentations.Find("ml/default")!;
        value["status"] = new JsonObject { ["upgradeBlockedVersions"] = new JsonObject { ["java"] = "why" }, ["conditions"] = "nonsense", ["matchedPods"] = "many" };
        _rig.Instrumentations.Put(value);
        await (await _rig.AddAsync("one")).RoundAsync();
        Assert.Equal("why", _rig.StatusOf("ml", "default")!["upgradeBlockedVersions"]!["java"]!.GetValue<string>());
        Assert.Equal("0 0", ReportRig.Counted(_rig.StatusOf("ml", "default")));
    }

    [Fact]
    public async Task A_status_that_somebody_took_away_comes_back()
    {
        _rig.PutPolicy("gpu");
        var one = await _rig.AddAsync("one");
        await one.RoundAsync();
        var value = _rig.Policies.Find("gpu")!;
        value.Remove("status");
        _rig.Policies.Put(value);
        _rig.Time.Advance(StatusWriter.LookAgain);
        await one.RoundAsync();
        Assert.Equal("0 0", ReportRig.Counted(_rig.StatusOf("gpu")));
    }

    /// <summary>Else each write of a status would make every replica compile the cluster.</summary>
    [Fact]
    public async Task Our_own_writes_compile_nothing_anew()
    {
        _rig.PutPolicy("gpu");
        var one = await _rig.AddAsync("one");
        var serving = one.Source.Published;
        await one.RoundAsync();
        await Eventually.IsTrueAsync(() => one.Source.Statuses[2].Events > 0);
        Assert.False(await Eventually.HappensWithinAsync(() => one.Source.Published != serving, ticks: 100));
        await ChangeAsync(one, new JsonObject { ["priority"] = 7 }, generation: 2);
        Assert.NotSame(serving, one.Source.Published);
    }

    [Fact]
    public async Task While_the_API_server_cannot_be_watched_everything_is_degraded()
    {
        _rig.PutPolicy("gpu");
        var one = await _rig.AddAsync("one");
        await one.RoundAsync();
        _rig.Server.Fault = request => request.IsWatch || (request.IsList && request.Path.EndsWith("namespaces", StringComparison.Ordinal)) ? FakeFault.Answer(403, "Forbidden") : null;
        _rig.Policies.CutWatches();
        _rig.Server.Collection("/api/v1/namespaces").CutWatches();
        for (var i = 0; i < 20 && !one.Source.IsStale; i++)
        {
            _rig.Time.Advance(TimeSpan.FromSeconds(10));
            await Eventually.HappensWithinAsync(() => one.Source.IsStale, ticks: 10);
        }

        await one.RoundAsync();
        Assert.Equal(("True", "ObjectsOutdated"), Shown(_rig.StatusOf("gpu"), "Degraded"));
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    private async Task ChangeAsync(ReportingReplica replica, JsonObject spec, int generation)
    {
        var value = _rig.Policies.Find("gpu")!;
        (value["spec"], value["metadata"]!["generation"]) = (spec, generation);
        var serving = replica.Source.Published;
        _rig.Policies.Put(value);
        await Eventually.IsTrueAsync(() => replica.Source.Published != serving);
    }

    private static (string Status, string Reason) Shown(JsonNode? status, string type) => (ReportRig.Condition(status, type)["status"]!.GetValue<string>(), ReportRig.Condition(status, type)["reason"]!.GetValue<string>());

    private string Since(string type) => ReportRig.Condition(_rig.StatusOf("gpu"), type)["lastTransitionTime"]!.GetValue<string>();

    private int StatusWrites(string plural = "") => _rig.Server.Requests.Count(request => request.Method == "PATCH" && request.Path.EndsWith("/status", StringComparison.Ordinal) && request.Path.Contains(plural, StringComparison.Ordinal));
}
