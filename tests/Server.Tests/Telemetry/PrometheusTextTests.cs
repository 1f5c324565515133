using System.Diagnostics.Metrics;
using Spanhook.Server.Telemetry.Prometheus;
using Spanhook.Support.Judges;

namespace Spanhook.Server.Tests.Telemetry;

/// <summary>Instruments as Prometheus sees them.</summary>
public sealed class PrometheusTextTests : IDisposable
{
    private readonly TelemetryRig _rig = new();

    [Theory]
    [InlineData("spanhook.cert.not_after", "s", nameof(MetricKind.Gauge), "spanhook_cert_not_after_seconds")]
    [InlineData("spanhook.cache.stale", "s", nameof(MetricKind.Gauge), "spanhook_cache_stale_seconds")]
    [InlineData("spanhook.cache.objects", null, nameof(MetricKind.Gauge), "spanhook_cache_objects")]
    [InlineData("spanhook.ca_bundle.match", null, nameof(MetricKind.Gauge), "spanhook_ca_bundle_match")]
    [InlineData("spanhook.admission.requests", "{request}", nameof(MetricKind.Counter), "spanhook_admission_requests_total")]
    [InlineData("spanhook.admission.queue_rejected", null, nameof(MetricKind.Counter), "spanhook_admission_queue_rejected_total")]
    [InlineData("spanhook.admission.in_flight", "{request}", nameof(MetricKind.Sum), "spanhook_admission_in_flight")]
    [InlineData("spanhook.admission.duration", "s", nameof(MetricKind.Histogram), "spanhook_admission_duration_seconds")]
    [InlineData("spanhook.admission.patch", "By", nameof(MetricKind.Histogram), "spanhook_admission_patch_bytes")]
    [InlineData("a.total", null, nameof(MetricKind.Counter), "a_total")]
    [InlineData("a.seconds", "s", nameof(MetricKind.Counter), "a_seconds_total")]
    [InlineData("a.io", "By/s", nameof(MetricKind.Gauge), "a_io_bytes_per_second")]
    [InlineData("a.share", "1", nameof(MetricKind.Gauge), "a_share_ratio")]
    [InlineData("a.share", "1", nameof(MetricKind.Counter), "a_share_total")]
    [InlineData("2 a--b", "{x}/s", nameof(MetricKind.Gauge), "_2_a_b_per_second")]
    public void A_name_is_translated_as_OpenTelemetry_says(string name, string? unit, string kind, string expected) =>
        Assert.Equal(expected, PrometheusNames.Metric(name, unit, Enum.Parse<MetricKind>(kind)));

    [Fact]
    public void Hostile_labels_are_escaped_and_read_by_Prometheus()
    {
        Assert.SkipUnless(Promtool.IsPresent, Promtool.Absent);
        var counter = _rig.Meter.CreateCounter<int>("hostile", null, "Says \\ and\nmore.");
        counter.Add(1, new KeyValuePair<string, object?>("0 key\"}", "a\"b\\c\nd} 7 \ud800\u0000é"), new KeyValuePair<string, object?>("flag", true));
        counter.Add(2, new KeyValuePair<string, object?>("a.b", null), new KeyValuePair<string, object?>("a_b", 7));
        var page = Only("hostile");
        Assert.Contains("# HELP hostile_total Says \\\\ and\\nmore.\n# TYPE hostile_total counter\n", page, StringComparison.Ordinal);
        Assert.Contains("""hostile_total{_0_key_="a\"b\\c\nd} 7 """, page, StringComparison.Ordinal);
        Assert.Contains("""hostile_total{a_b=";7"} 2""", page, StringComparison.Ordinal);
        Assert.Empty(Promtool.Findings(page));
    }

    [Fact]
    public void A_histogram_has_cumulative_buckets_of_its_advice()
    {
        var histogram = _rig.Meter.CreateHistogram<double>("wait", "s", "Waits.", tags: null, new() { HistogramBucketBoundaries = [0.1, 1] });
        foreach (var value in (double[])[0.05, 0.1, 0.5, 7]) histogram.Record(value);
        Assert.Equal(
            """
            # HELP wait_seconds Waits.
            # TYPE wait_seconds histogram
            wait_seconds_bucket{le="0.1"} 2
            wait_seconds_bucket{le="1"} 3
            wait_seconds_bucket{le="+Inf"} 4
            wait_seconds_sum 7.65
            wait_seconds_count 4

            """.ReplaceLineEndings("\n"),
            Only("wait"));
    }

    [Fact]
    public void A_gauge_is_set_a_sum_goes_up_and_down_and_an_observed_series_ends_with_what_it_tells_of()
    {
        var kinds = new List<string> { "Namespace", "Instrumentation" };
        _rig.Meter.CreateObservableGauge("objects", () => kinds.Select(kind => new Measurement<int>(3, new KeyValuePair<string, object?>("kind", kind))));
        var gauge = _rig.Meter.CreateGauge<long>("level");
        var sum = _rig.Meter.CreateUpDownCounter<short>("open");
        foreach (var value in (short[])[5, -2])
        {
            gauge.Record(value);
            sum.Add(value);
        }

        Assert.Equal((-2, 3), (_rig.Samples()["level"], _rig.Samples()["open"]));
        Assert.Equal(3, _rig.Samples()["""objects{kind="Namespace"}"""]);
        kinds.RemoveAt(0);
        Assert.DoesNotContain("""objects{kind="Namespace"}""", _rig.Samples().Keys);
        Assert.Equal(3, _rig.Samples()["""objects{kind="Instrumentation"}"""]);
    }

    [Fact]
    public void A_flood_of_labels_ends_in_one_series()
    {
        var counter = _rig.Meter.CreateCounter<int>("flood");
        for (var i = 0; i < 5000; i++) counter.Add(1, new KeyValuePair<string, object?>("x", i));
        var series = _rig.Samples().Where(sample => sample.Key.StartsWith("flood_total", StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal);
        Assert.Equal(MetricFamily.MaxSeries + 1, series.Count);
        Assert.Equal(5000 - MetricFamily.MaxSeries, series["""flood_total{otel_metric_overflow="true"}"""]);
    }

    [Fact]
    public void A_metric_that_fails_leaves_the_others_alone()
    {
        _rig.Meter.CreateObservableGauge("broken", new Func<int>(() => throw new InvalidOperationException("x")));
        _rig.Meter.CreateObservableGauge("whole", () => 1);
        Assert.Equal(1, _rig.Samples()["whole"]);
        Assert.Contains(_rig.Log.All, line => line.Message == "A metric could not be read: InvalidOperationException");
    }

    [Fact]
    public void Another_meter_of_the_same_name_is_not_heard()
    {
        using var other = new Meter("Spanhook");
        other.CreateCounter<int>("foreign").Add(1);
        Assert.DoesNotContain("foreign_total", _rig.Samples().Keys);
    }

    public void Dispose() => _rig.Dispose();

    private string Only(string prefix) =>
        string.Concat(_rig.Page().Split('\n').Where(line => line.Replace("# HELP ", "", StringComparison.Ordinal).Replace("# TYPE ", "", StringComparison.Ordinal).StartsWith(prefix, StringComparison.Ordinal)).Select(line => line + "\n"));
}
