using System.Text.Json.Nodes;
using Spanhook.Injection.Decision;
using Spanhook.Server.Reporting;
using Spanhook.Server.Reporting.Publishing;
using Spanhook.Support;

namespace Spanhook.Server.Tests.Reporting;

/// <summary>The counts of all replicas in one ConfigMap: none is lost, and none counts twice.</summary>
public sealed class PublishingTests : IAsyncLifetime
{
    private ReportRig _rig = null!;

    public async ValueTask InitializeAsync()
    {
        _rig = await ReportRig.StartAsync();
        _rig.PutPolicy("gpu");
    }

    [Fact]
    public async Task Each_replica_writes_its_own_key_and_the_holder_of_the_Lease_adds_them_up()
    {
        var (one, two) = (await _rig.AddAsync("one"), await _rig.AddAsync("two"));
        one.Injected("gpu", 3);
        two.Injected("gpu", 4);
        two.Skipped("gpu", Reasons.ContainerNotFound);
        await two.CountAsync();
        await one.RoundAsync();

        Assert.Equal([one.Instance, two.Instance], _rig.Reports.Instances.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("8 7 container_not_found:1", ReportRig.Counted(_rig.StatusOf("gpu")));
        Assert.Contains(_rig.Server.Requests, request => request.Method == "PATCH" && request.Query["fieldManager"] == "spanhook-" + two.Instance && request.Body.Contains("\"resourceVersion\"", StringComparison.Ordinal));
        Assert.DoesNotContain(_rig.Server.Requests, request => request.Method == "PATCH" && request.Path.EndsWith("/status", StringComparison.Ordinal) && request.Query["fieldManager"] != "spanhook-status");
    }

    [Fact]
    public async Task Nothing_new_is_nothing_written_until_the_heartbeat()
    {
        var one = await _rig.AddAsync("one");
        one.Injected("gpu");
        await one.CountAsync();
        var written = Writes();
        Assert.Equal(1, written);
        for (var i = 0; i < 20; i++)
        {
            _rig.Time.Advance(ReportKeeper.Interval);
            await one.CountAsync();
        }

        Assert.Equal(written, Writes());
        _rig.Time.Advance(InstanceReporter.Heartbeat);
        await one.CountAsync();
        Assert.Equal(written + 1, Writes());
        Assert.Equal(1, Total());
    }

    [Fact]
    public async Task A_replica_that_decided_nothing_writes_nothing()
    {
        var one = await _rig.AddAsync("one");
        for (var i = 0; i < 100; i++)
        {
            _rig.Time.Advance(ReportKeeper.Interval);
            await one.CountAsync();
        }

        Assert.Equal(0, Writes());
    }

    [Fact]
    public async Task The_report_of_a_replica_that_ended_becomes_the_past_at_once()
    {
        var (one, two) = (await _rig.AddAsync("one"), await _rig.AddAsync("two"));
        two.Injected("gpu", 4);
        await two.CountAsync();
        two.Injected("gpu");
        await two.Keeper.StopAsync(CancellationToken.None);
        await one.RoundAsync();
        Assert.Empty(_rig.Reports.Instances);
        Assert.Equal(5, _rig.Reports.Past!.Counts.Policies["gpu"].Injected);
        Assert.Equal("5 5", ReportRig.Counted(_rig.StatusOf("gpu")));
    }

    [Fact]
    public async Task A_replica_that_crashed_counts_in_its_key_until_it_was_silent_for_long_and_then_in_the_past()
    {
        var (one, two) = (await _rig.AddAsync("one"), await _rig.AddAsync("two"));
        two.Injected("gpu", 4);
        await two.CountAsync();
        await one.RoundAsync();
        _rig.Time.Advance(ReportFolding.Silence - TimeSpan.FromSeconds(1));
        await one.RoundAsync();
        Assert.Contains(two.Instance, _rig.Reports.Instances.Keys);
        Assert.Equal(4, Total());
        _rig.Time.Advance(TimeSpan.FromSeconds(1));
        await one.RoundAsync();
        Assert.DoesNotContain(two.Instance, _rig.Reports.Instances.Keys);
        Assert.Equal(4, Total());
        await one.RoundAsync();
        Assert.Equal("4 4", ReportRig.Counted(_rig.StatusOf("gpu")));
    }

    [Fact]
    public async Task A_writer_that_is_killed_between_the_fold_and_the_status_leaves_both_to_the_next_and_nothing_counts_twice()
    {
        var (one, two, three) = (await _rig.AddAsync("one"), await _rig.AddAsync("two"), await _rig.AddAsync("three"));
        three.Injected("gpu", 4);
        await three.Keeper.StopAsync(CancellationToken.None);
        _rig.Server.Fault = request => request.Path.EndsWith("/status", StringComparison.Ordinal) ? FakeFault.Break : null;
        await one.RoundAsync();
        Assert.Equal(4, _rig.Reports.Past!.Counts.Policies["gpu"].Injected);
        Assert.Null(_rig.StatusOf("gpu"));

        // Killed: the Lease runs out, and the next one takes over.
        _rig.Server.Fault = _ => null;
        await two.RoundAsync();
        _rig.Time.Advance(TimeSpan.FromSeconds(16));
        await two.RoundAsync();
        Assert.Equal("4 4", ReportRig.Counted(_rig.StatusOf("gpu")));
        Assert.Equal(4, Total());
    }

    [Fact]
    public async Task The_answer_to_a_fold_that_is_lost_does_not_count_anything_twice()
    {
        var (one, two) = (await _rig.AddAsync("one"), await _rig.AddAsync("two"));
        two.Injected("gpu", 4);
        await two.Keeper.StopAsync(CancellationToken.None);
        _rig.Server.Fault = request => request.Method == "PUT" && request.Path.Contains("configmaps", StringComparison.Ordinal) ? new FakeFault { CutAfterBytes = 0 } : null;
        await one.RoundAsync();
        _rig.Server.Fault = _ => null;
        await one.RoundAsync();
        Assert.Equal("4 4", ReportRig.Counted(_rig.StatusOf("gpu")));
    }

    [Fact]
    public async Task A_replica_that_was_only_thought_to_be_gone_goes_on_from_what_was_folded()
    {
        var (one, two) = (await _rig.AddAsync("one"), await _rig.AddAsync("two"));
        two.Injected("gpu", 4);
        await two.CountAsync();
        await one.RoundAsync();
        _rig.Time.Advance(ReportFolding.Silence);
        await one.RoundAsync();
        Assert.Empty(_rig.Reports.Instances);

        two.Injected("gpu", 2);
        await two.CountAsync();
        Assert.Equal(2, _rig.Reports.Instances[two.Instance].Counts.Policies["gpu"].Injected);
        await one.RoundAsync();
        Assert.Equal("6 6", ReportRig.Counted(_rig.StatusOf("gpu")));
    }

    [Fact]
    public async Task A_replica_whose_last_answer_was_lost_before_it_was_folded_knows_which_report_that_was()
    {
        var (one, two) = (await _rig.AddAsync("one"), await _rig.AddAsync("two"));
        two.Injected("gpu", 4);
        await two.CountAsync();
        two.Injected("gpu", 3);
        _rig.Server.Fault = request => request.Method == "PATCH" ? new FakeFault { CutAfterBytes = 0 } : null;
        await two.CountAsync();
        _rig.Server.Fault = _ => null;
        await one.RoundAsync();
        _rig.Time.Advance(ReportFolding.Silence);
        await one.RoundAsync();
        Assert.Equal(7, _rig.Reports.Past!.Counts.Policies["gpu"].Injected);

        two.Injected("gpu");
        await two.CountAsync();
        Assert.Equal(8, Total());
    }

    [Fact]
    public async Task A_conflict_is_tried_again_at_once_with_what_is_there_now()
    {
        var (one, two) = (await _rig.AddAsync("one"), await _rig.AddAsync("two"));
        one.Injected("gpu");
        two.Injected("gpu");
        var isFirst = true;
        _rig.Server.Fault = request =>
        {
            if (request.Method != "PATCH" || !isFirst) return null;
            isFirst = false;
            two.CountAsync().GetAwaiter().GetResult(); // between the other's read and its write
            return null;
        };
        await one.CountAsync();
        Assert.Equal([one.Instance, two.Instance], _rig.Reports.Instances.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Without_the_ConfigMap_conditions_are_written_and_counts_come_back_with_it()
    {
        var one = await _rig.AddAsync("one");
        one.Injected("gpu", 3);
        _rig.ConfigMaps.Delete(ReportRig.Book);
        await one.RoundAsync();
        Assert.Equal("True", ReportRig.Condition(_rig.StatusOf("gpu"), "Accepted")["status"]!.GetValue<string>());
        Assert.Null(_rig.StatusOf("gpu")!["matchedPods"]);
        Assert.Single(one.Log.All, line => line.Message.Contains("the ConfigMap spanhook/spanhook-reports does not exist", StringComparison.Ordinal));

        _rig.ShipBook();
        await one.RoundAsync();
        Assert.Equal("3 3", ReportRig.Counted(_rig.StatusOf("gpu")));
    }

    [Fact]
    public async Task What_others_put_into_the_ConfigMap_stays_and_what_cannot_be_read_is_nobody_s_count()
    {
        var map = _rig.ConfigMaps.Find(ReportRig.Book)!;
        map["data"] = new JsonObject { ["note"] = "ours" };
        map["binaryData"] = new JsonObject { ["replica.bad"] = "AAAA", ["other"] = "AAAA" };
        map["immutable"] = false;
        _rig.ConfigMaps.Put(map);
        var one = await _rig.AddAsync("one");
        one.Injected("gpu", 3);
        await one.RoundAsync();
        await one.Keeper.StopAsync(CancellationToken.None);
        await one.RoundAsync();
        var kept = _rig.ConfigMaps.Find(ReportRig.Book)!;
        Assert.Equal(("ours", "AAAA", "AAAA", false), (kept["data"]!["note"]!.GetValue<string>(), kept["binaryData"]!["replica.bad"]!.GetValue<string>(), kept["binaryData"]!["other"]!.GetValue<string>(), kept["immutable"]!.GetValue<bool>()));
        Assert.Equal(3, Total());
    }

    [Fact]
    public async Task A_forbidden_ConfigMap_is_said_once_and_never_ends_the_keeper()
    {
        _rig.Server.Fault = request => request.Path.Contains("configmaps", StringComparison.Ordinal) ? FakeFault.Answer(403, "Forbidden") : null;
        var one = await _rig.AddAsync("one");
        one.Injected("gpu");
        for (var i = 0; i < 5; i++) await one.RoundAsync();
        Assert.Single(one.Log.All, line => line.Message.Contains("spanhook-reports cannot be written", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("web-1", "web-1.")]
    [InlineData("a host with spaces", null)]
    public void A_name_of_an_instance_fits_a_key_and_a_field_manager(string identity, string? prefix)
    {
        var name = InstanceName.Of(identity, new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero)).Text;
        Assert.Matches("^[-._a-zA-Z0-9]{1,119}$", name);
        if (prefix is not null) Assert.StartsWith(prefix, name, StringComparison.Ordinal);
        Assert.NotEqual(name, InstanceName.Of(identity, new DateTimeOffset(2030, 1, 1, 0, 0, 1, TimeSpan.Zero)).Text);
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    private long Total() => _rig.Reports.Instances.Values.Sum(report => Injected(report.Counts)) + Injected(_rig.Reports.Past?.Counts ?? new());

    private static long Injected(Spanhook.Server.Reporting.Counting.Counts counts) => counts.Policies.GetValueOrDefault("gpu")?.Injected ?? 0;

    private int Writes() => _rig.Server.Requests.Count(request => request.Method is "PATCH" or "PUT" && request.Path.Contains("configmaps", StringComparison.Ordinal));
}
