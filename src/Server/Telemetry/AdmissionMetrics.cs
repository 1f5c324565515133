using System.Diagnostics.Metrics;
using Spanhook.Injection.Decision;
using Spanhook.Server.Admission;

namespace Spanhook.Server.Telemetry;

/// <summary>
/// Counts outcomes. Labels come from closed sets only (<see cref="AdmissionResult"/>, <see cref="Reasons"/>, <see cref="Refusals"/>): no text of
/// a caller or a tenant ever names a series. Allocates nothing.
/// </summary>
internal sealed class AdmissionMetrics
{
    public const string Requests = "spanhook.admission.requests";
    public const string Duration = "spanhook.admission.duration";
    public const string Patch = "spanhook.admission.patch";

    // In seconds: an answer takes 0.05 ms, and the API server waits two seconds.
    private static readonly double[] DurationBuckets = [0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
    private static readonly int[] PatchBuckets = [256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536, 131_072, 262_144];

    private readonly Counter<long> _requests;
    private readonly Histogram<double> _duration;
    private readonly Histogram<int> _patch;

    public AdmissionMetrics(Meter meter)
    {
        _requests = meter.CreateCounter<long>(Requests, "{request}", "Admission requests by what became of them and the reason that stands for it.");
        _duration = meter.CreateHistogram(Duration, "s", "Time from a review's last byte to its answer, what it waited included. Refused requests have none.", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = DurationBuckets });
        _patch = meter.CreateHistogram(Patch, "By", "Size of the JSON patches of injected pods, before base64.", tags: null,
            new InstrumentAdvice<int> { HistogramBucketBoundaries = PatchBuckets });
    }

    public void Record(in AdmissionOutcome outcome)
    {
        Add(1, outcome.Result, outcome.Reason);
        if (outcome.Result == AdmissionResult.Refused) return;
        _duration.Record(outcome.Elapsed.TotalSeconds, new KeyValuePair<string, object?>("result", NameOf(outcome.Result)));
        if (outcome.PatchBytes > 0) _patch.Record(outcome.PatchBytes);
    }

    /// <summary>
    /// Zeros for the series that alerts compare: the first error of a process would else be its first sample, of which no rate can be told.
    /// </summary>
    public void Announce()
    {
        Add(0, AdmissionResult.Injected, Reasons.Injected);
        Add(0, AdmissionResult.Skipped, Reasons.NotRequested);
        Add(0, AdmissionResult.Overloaded, Reasons.Overloaded);
        Add(0, AdmissionResult.Error, Reasons.InternalError);
    }

    /// <summary>As a metric or a span has it.</summary>
    public static string NameOf(AdmissionResult result) => result switch
    {
        AdmissionResult.Injected => "injected",
        AdmissionResult.Skipped => "skipped",
        AdmissionResult.Audited => "audited",
        AdmissionResult.Overloaded => "overloaded",
        AdmissionResult.Error => "error",
        _ => "refused",
    };

    private void Add(long count, AdmissionResult result, Reason reason) => _requests.Add(count, new("result", NameOf(result)), new("reason", reason.Code));
}
