using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Spanhook.Injection.Decision;
using Spanhook.Server.Reporting.Events;
using Spanhook.Support;

namespace Spanhook.Server.Tests.Reporting;

/// <summary>What is told on workloads, and how seldom.</summary>
public sealed class EventTests : IAsyncLifetime
{
    private ReportRig _rig = null!;
    private ReportingReplica _replica = null!;
    private EventPublisher _publisher = null!;
    private Counted _counted = null!;

    public async ValueTask InitializeAsync()
    {
        _rig = await ReportRig.StartAsync();
        _replica = await _rig.AddAsync("one");
        _counted = new Counted(_replica);
        _publisher = ActivatorUtilities.CreateInstance<EventPublisher>(_replica.Get<IServiceProvider>());
    }

    [Fact]
    public async Task An_injected_pod_is_told_on_its_workload()
    {
        _replica.Answer(Results.Injected("java", "Instrumentation ml/default", "gpu"), of: Of("StatefulSet", "db", "u-1"));
        var told = Assert.Single(await WrittenAsync(1));
        Assert.Equal(("Injected", "Normal", "Injected java into container app as Instrumentation ml/default says"), Shown(told));
        Assert.Equal("""{"apiVersion":"apps/v1","kind":"StatefulSet","namespace":"ml","name":"db","uid":"u-1"}""", told["involvedObject"]!.ToJsonString());
        Assert.Equal(("ml", 1, "spanhook", "spanhook"), (told["metadata"]!["namespace"]!.GetValue<string>(), told["count"]!.GetValue<int>(), told["source"]!["component"]!.GetValue<string>(), told["reportingComponent"]!.GetValue<string>()));
        Assert.StartsWith("db.", told["metadata"]!["name"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Matches("^2030-01-01T[0-9:]{8}Z$", told["lastTimestamp"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_pod_that_asked_in_vain_is_told_with_the_sentence_of_each_reason()
    {
        _replica.Answer(new() { Decisions = [new(Reasons.ContainerNotFound, "java", Detail: "web"), new(Reasons.ContainerNotFound, "python", Detail: "app"), new(Reasons.EngineNotFound)] });
        var told = await WrittenAsync(2);
        Assert.Equal(("InjectionSkipped", "Warning", $"java: {Reasons.ContainerNotFound.Sentence}: web (container_not_found); python: {Reasons.ContainerNotFound.Sentence}: app (container_not_found)"), Shown(told[0]));
        Assert.Equal(("InjectionSkipped", "Warning", $"{Reasons.EngineNotFound.Sentence} (engine_not_found)"), Shown(told[1]));
    }

    [Fact]
    public async Task What_is_wrong_with_an_injection_that_was_done_is_no_skip()
    {
        _replica.Answer(new() { Decisions = [new(Reasons.Injected, "vllm", "app"), new(Reasons.DetailedTracesInvalid, "vllm", "app"), new(Reasons.ContainerNotFound, "java")], Operations = 2 });
        var told = await WrittenAsync(3);
        Assert.Equal(["Injected", "InjectionSkipped", "InjectionWarning"], told.Select(one => one["reason"]!.GetValue<string>()).Order(StringComparer.Ordinal));
        Assert.Contains("container_not_found", told.Single(one => one["reason"]!.GetValue<string>() == "InjectionSkipped")["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_told_of_what_is_as_wished_and_of_dry_runs()
    {
        foreach (var reason in Reasons.All.Where(reason => reason.Severity == Severity.Info && reason != Reasons.Injected)) _replica.Answer(new() { Decisions = [new(reason, "java")], Policies = ["gpu"] });
        _replica.Answer(Results.Injected(), dryRun: true);
        _replica.Answer(new() { Decisions = [new(Reasons.EngineNotFound)] }, dryRun: true);
        Assert.False(_replica.Get<WorkloadEvents>().Queue.TryRead(out _));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task The_same_on_the_same_workload_is_told_once_in_ten_minutes_with_how_often_it_happened()
    {
        for (var i = 0; i < 50; i++) _replica.Answer(Results.Injected(), of: Of("StatefulSet", "db", "u"));
        Assert.Single(await WrittenAsync(1));
        _rig.Time.Advance(RecentEvents.Quiet - TimeSpan.FromSeconds(5));
        _replica.Answer(Results.Injected(), of: Of("StatefulSet", "db", "u"));
        _replica.Answer(Results.Injected(), of: Of("StatefulSet", "other", "u"));
        Assert.Equal(2, (await WrittenAsync(2)).Count);
        _rig.Time.Advance(TimeSpan.FromSeconds(10));
        _replica.Answer(Results.Injected(), of: Of("StatefulSet", "db", "u"));
        var again = (await WrittenAsync(3)).Single(told => told["count"]!.GetValue<int>() > 1);
        Assert.Equal(51, again["count"]!.GetValue<int>());
        var between = DateTime.Parse(again["lastTimestamp"]!.GetValue<string>(), null) - DateTime.Parse(again["firstTimestamp"]!.GetValue<string>(), null);
        Assert.InRange(between.TotalSeconds, 604, 608);
    }

    [Fact]
    public async Task Many_threads_tell_one_thing_once()
    {
        for (var round = 0; round < 3; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
            {
                for (var i = 0; i < 50; i++) _replica.Answer(Results.Injected(), pod: "one");
            })));
            Assert.Equal(round + 1, (await WrittenAsync(round + 1)).Count);
            _rig.Time.Advance(RecentEvents.Quiet);
        }

        var counts = (await WrittenAsync(3)).Select(told => told["count"]!.GetValue<int>()).Order().ToArray();
        Assert.Equal((1, 400, 400), (counts[0], counts[1], counts[2]));
    }

    [Fact]
    public async Task At_most_ten_are_written_in_a_second()
    {
        for (var i = 0; i < 40; i++) _replica.Answer(Results.Injected(), pod: $"p{i}");
        var before = _rig.Time.GetUtcNow();
        await WrittenAsync(40);
        Assert.InRange((_rig.Time.GetUtcNow() - before).TotalSeconds, 39 / 10.0, 10);
    }

    [Fact]
    public async Task What_has_no_room_in_the_queue_is_dropped_counted_and_told_the_next_time()
    {
        for (var i = 0; i < WorkloadEvents.QueueLength + 5; i++) _replica.Answer(Results.Injected(), pod: $"p{i}");
        Assert.Equal(5, _counted["dropped"]);
        await WrittenAsync(WorkloadEvents.QueueLength);
        _replica.Answer(Results.Injected(), pod: $"p{WorkloadEvents.QueueLength}");
        await WrittenAsync(WorkloadEvents.QueueLength + 1);
    }

    [Fact]
    public void What_is_remembered_is_bounded()
    {
        var recent = new RecentEvents(_rig.Time);
        for (var i = 0; i < RecentEvents.Most; i++) Assert.True(recent.Ask(new("ns", "Pod", $"p{i}", "injected")).IsDue);
        Assert.True(recent.Ask(new("ns", "Pod", "one more", "injected")).IsFull);
        Assert.False(recent.Ask(new("ns", "Pod", "p7", "injected")).IsDue);
        _rig.Time.Advance(RecentEvents.Quiet);
        Assert.True(recent.Ask(new("ns", "Pod", "one more", "injected")).IsDue);
        Assert.True(recent.Ask(new("ns", "Pod", "p7", "injected")) is { IsDue: true, Count: 2 });
    }

    [Fact]
    public async Task What_cannot_be_written_is_counted_said_once_a_minute_and_told_the_next_time()
    {
        _rig.Server.Fault = request => request.Path.EndsWith("/events", StringComparison.Ordinal) ? FakeFault.Answer(403, "Forbidden") : null;
        await _publisher.StartAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < 5; i++) _replica.Answer(Results.Injected(), pod: $"p{i}");
        await Eventually.IsTrueAsync(() => _counted["failed"] == 5);
        Assert.Single(_replica.Log.All, line => line.Message.Contains("events could not be written", StringComparison.Ordinal));
        _rig.Time.Advance(TimeSpan.FromMinutes(1));
        _replica.Answer(Results.Injected(), pod: "p0");
        await Eventually.IsTrueAsync(() => _counted["failed"] == 6);
        Assert.Single(_replica.Log.All, line => line.Message.Contains("5 events could not be written", StringComparison.Ordinal));
        _rig.Server.Fault = _ => null;
        _replica.Answer(Results.Injected(), pod: "p0");
        await Eventually.IsTrueAsync(() => _counted["written"] == 1);
    }

    [Fact]
    public async Task Hostile_names_make_an_event_that_the_API_server_takes()
    {
        var decision = new InjectionDecision(Reasons.ContainerNotFound, "java", "a\u001b[31m\n", Detail: new string('x', 5000));
        _replica.Answer(new() { Decisions = [decision] }, of: Of("Strange", "UPPER case/\n", "u"));
        var told = Assert.Single(await WrittenAsync(1));
        Assert.StartsWith("spanhook.", told["metadata"]!["name"]!.GetValue<string>(), StringComparison.Ordinal);
        var note = told["message"]!.GetValue<string>();
        Assert.InRange(note.Length, 500, 1024);
        Assert.DoesNotContain('\u001b', note);
    }

    public async ValueTask DisposeAsync()
    {
        await _publisher.StopAsync(CancellationToken.None);
        _publisher.Dispose();
        _counted.Dispose();
        await _rig.DisposeAsync();
    }

    private static JsonObject Of(string kind, string name, string uid) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = name + "-0", ["ownerReferences"] = new JsonArray(new JsonObject { ["apiVersion"] = "apps/v1", ["kind"] = kind, ["name"] = name, ["uid"] = uid, ["controller"] = true }) },
        ["spec"] = new JsonObject(),
    };

    private static (string, string, string) Shown(JsonNode told) => (told["reason"]!.GetValue<string>(), told["type"]!.GetValue<string>(), told["message"]!.GetValue<string>());

    /// <summary>Those in the API server, once there are so many; in order.</summary>
    private async Task<IReadOnlyList<JsonObject>> WrittenAsync(int count)
    {
        if (_publisher.ExecuteTask is null) await _publisher.StartAsync(TestContext.Current.CancellationToken);

        // The answers too: a clock that is moved ends the calls that wait for one.
        await Eventually.IsTrueAsync(() => _counted["written"] >= count);
        return [.. _rig.Events.Copy().OrderBy(told => long.Parse(told["metadata"]!["resourceVersion"]!.GetValue<string>(), null))];
    }

    /// <summary>The counter of events.</summary>
    private sealed class Counted : IDisposable
    {
        private readonly System.Diagnostics.Metrics.MeterListener _listener = new();
        private readonly System.Collections.Concurrent.ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);

        public Counted(ReportingReplica replica)
        {
            var meter = replica.Get<System.Diagnostics.Metrics.Meter>();
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter == meter && instrument.Name == "spanhook.events") listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((_, value, tags, _) => _counts.AddOrUpdate((string)tags[0].Value!, value, (_, before) => before + value));
            _listener.Start();
        }

        public long this[string result] => _counts.GetValueOrDefault(result);

        public void Dispose() => _listener.Dispose();
    }
}
