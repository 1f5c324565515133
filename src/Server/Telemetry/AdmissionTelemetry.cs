using System.Diagnostics;
using Spanhook.Server.Admission;
using Spanhook.Server.Reporting;

namespace Spanhook.Server.Telemetry;

/// <summary>
/// The one place that hears of outcomes: each becomes a metric, a log line and, when there is one, the tags of its span; and where the objects
/// come from an API server, a count of its policies and an event of its workload.
/// </summary>
internal sealed class AdmissionTelemetry(AdmissionMetrics metrics, AdmissionTracing tracing, RefusalLog refusals, ILogger<AdmissionHandler> logger, OutcomeReports? reports = null)
{
    /// <summary>The span of a request; null when nobody collects it. To be disposed of at the request's end.</summary>
    public Activity? StartSpan(HttpContext context) => tracing.Start(context);

    /// <summary>Tells of a request. Once for each.</summary>
    public void Record(in AdmissionOutcome outcome)
    {
        metrics.Record(outcome);
        tracing.Describe(outcome);
        reports?.Record(outcome);
        if (outcome.Problem is { } problem)
        {
            refusals.Add(outcome.Status, problem);
            return;
        }

        // The type and place of a failure say enough; its message could quote the pod.
        if (outcome.Failure is { } failure) Log.Failed(logger, AdmissionReviewWriter.Clean(outcome.Uid), failure.GetType().Name, failure.StackTrace ?? "");
        Log.Outcome(logger, outcome);
    }
}
