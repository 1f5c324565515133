using System.Buffers;
using System.Globalization;
using System.Text.Json.Nodes;
using Spanhook.Injection;
using Spanhook.Injection.Decision;
using Spanhook.Server.Admission;
using Spanhook.Server.Tests.Support;

namespace Spanhook.Server.Tests.Telemetry;

/// <summary>Each request moves one series by one, and no text from outside names a series.</summary>
public sealed class AdmissionOutcomeTests : IDisposable
{
    private readonly TelemetryRig _rig = new();

    public static TheoryData<string> Codes => [.. Reasons.All.Select(reason => reason.Code)];
    public static TheoryData<string> RefusalCodes => [.. Refusals.All.Select(reason => reason.Code)];

    [Theory]
    [MemberData(nameof(Codes))]
    public void Each_reason_moves_exactly_one_series_by_one(string code)
    {
        var reason = Reasons.All.Single(one => one.Code == code);
        var isInjected = reason == Reasons.Injected;
        _rig.Decide = patch =>
        {
            if (isInjected) patch.Write("[]"u8);
            return new() { Decisions = [new(reason, "java", "app")], Operations = isInjected ? 1 : 0 };
        };
        var result = code switch { "injected" => "injected", "audit_only" => "audited", "overloaded" => "overloaded", "internal_error" => "error", _ => "skipped" };
        AssertMovesOne(result, code, () => Assert.Null(_rig.Handle(Reviews.Java())));
    }

    [Fact]
    public void A_pod_that_is_patched_for_a_lesser_reason_counts_as_injected()
    {
        _rig.Decide = patch =>
        {
            patch.Write("[{}]"u8);
            return new() { Decisions = [new(Reasons.DetailedTracesInvalid, "vllm", "app")], Operations = 1 };
        };
        AssertMovesOne("injected", "detailed_traces_invalid", () => _rig.Handle(Reviews.Java()));
        Assert.Equal(4, _rig.Samples()["spanhook_admission_patch_bytes_sum"]);
    }

    [Fact]
    public void A_failure_moves_one_series_and_is_logged_without_its_message()
    {
        _rig.Decide = _ => throw new InvalidOperationException("the pod's secret");
        AssertMovesOne("error", "internal_error", () => _rig.Handle(Reviews.Java()));
        Assert.Single(_rig.Log.All, line => line.Message.StartsWith("Failed on", StringComparison.Ordinal));
        Assert.DoesNotContain(_rig.Log.All, line => line.Message.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public void An_answer_without_a_look_at_the_pod_counts_as_overloaded()
    {
        AssertMovesOne("overloaded", "overloaded", () => Assert.Null(_rig.HandleOverloaded(Reviews.Java())));
        Assert.Contains("uid", _rig.HandleOverloaded(new JsonObject()), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(RefusalCodes))]
    public void Each_refusal_moves_exactly_one_series_by_one(string code)
    {
        var status = Enumerable.Range(400, 200).First(status => Refusals.Of(status).Code == code);
        AssertMovesOne("refused", code, () => _rig.Telemetry.Record(AdmissionOutcome.Refused(status, "why")));
    }

    [Fact]
    public void Every_status_has_a_reason_of_the_closed_list() =>
        Assert.All(Enumerable.Range(400, 200), status => Assert.Contains(Refusals.Of(status), Refusals.All));

    [Fact]
    public void Log_line_and_metric_tell_the_same()
    {
        _rig.Decide = _ => new() { Decisions = [new(Reasons.ContainerNotFound, "java")] };
        _rig.Handle(Reviews.Java());
        var line = Assert.Single(_rig.Log.All, line => line.Message.StartsWith("Answered", StringComparison.Ordinal));
        Assert.Contains("shop/checkout container_not_found (java=container_not_found)", line.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_names_make_no_series()
    {
        _rig.Decide = _ => new() { Decisions = [new(Reasons.ContainerNotFound, "java", "a\"}\n1 2")] };
        _rig.Handle(Reviews.Java());
        var before = _rig.Samples().Keys.Where(IsOurs).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < 2000; i++)
        {
            var pod = Reviews.JavaPod();
            pod["metadata"]!["name"] = $"pod\n{i}\"}} 7";
            pod["metadata"]!["annotations"]![$"x/{i}"] = "\\";
            var review = Reviews.Create(pod, $"ns-{i}\" \u001b[31m");
            review["request"]!["uid"] = i.ToString(CultureInfo.InvariantCulture) + "\n# TYPE";
            _rig.Handle(review);
        }

        Assert.Equal(before, _rig.Samples().Keys.Where(IsOurs).ToHashSet(StringComparer.Ordinal));
        Assert.Equal(2001, _rig.Samples()[TelemetryRig.Series("skipped", "container_not_found")]);
    }

    [Fact]
    public void Counting_an_outcome_allocates_nothing()
    {
        var result = new InjectionResult { Decisions = [new(Reasons.Injected, "java", "app")], Operations = 3 };
        var answered = AdmissionOutcome.Answered("uid", result) with { PatchBytes = 700, Elapsed = TimeSpan.FromMicroseconds(60) };
        var refused = AdmissionOutcome.Refused(400, "why");
        var before = 0L;
        for (var i = 0; i < 1100; i++)
        {
            if (i == 100) before = GC.GetAllocatedBytesForCurrentThread();
            _rig.Metrics.Record(answered);
            _rig.Metrics.Record(refused);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(1100, _rig.Samples()[TelemetryRig.Series("injected", "injected")]);
    }

    public void Dispose() => _rig.Dispose();

    private static bool IsOurs(string sample) => sample.StartsWith("spanhook_", StringComparison.Ordinal);

    private void AssertMovesOne(string result, string reason, Action act)
    {
        var before = _rig.Samples();
        act();
        var after = _rig.Samples();
        Assert.Equal([new KeyValuePair<string, double>(TelemetryRig.Series(result, reason), 1)], TelemetryRig.Moved(before, after));
        var timed = after.Where(sample => sample.Key.StartsWith("spanhook_admission_duration_seconds_count", StringComparison.Ordinal)).Sum(sample => sample.Value)
            - before.Where(sample => sample.Key.StartsWith("spanhook_admission_duration_seconds_count", StringComparison.Ordinal)).Sum(sample => sample.Value);
        Assert.Equal(result == "refused" ? 0 : 1, timed);
    }
}
