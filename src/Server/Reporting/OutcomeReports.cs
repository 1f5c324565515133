using Spanhook.Api;
using Spanhook.Api.Admission;
using Spanhook.Injection.Decision;
using Spanhook.Server.Admission;
using Spanhook.Server.Reporting.Counting;
using Spanhook.Server.Reporting.Events;

namespace Spanhook.Server.Reporting;

/// <summary>
/// What of an outcome is told in the cluster: counts of policies and Instrumentations, and events of workloads. Here they are only noted, in memory
/// that is bounded; others write them. Of a pod that nobody asks for and no policy matches, and of a dry run, nothing is.
/// </summary>
internal sealed class OutcomeReports(AdmissionTally tally, WorkloadEvents events)
{
    /// <summary>Notes an outcome. Takes no lock, and makes no call.</summary>
    public void Record(in AdmissionOutcome outcome)
    {
        if (outcome.Injection is not { } injection || (outcome.Decisions is null && injection.Policies.Count == 0)) return;
        if (outcome.Reason == Reasons.NotAPodCreation || outcome.Request.DryRun || IsAgain(outcome.Request)) return;
        tally.Add(outcome, injection);
        if (outcome.Decisions is not null) events.Add(outcome, injection);
    }

    // What we add can make the API server ask a second time (reinvocationPolicy IfNeeded): its own plugins then edit the new containers. The pod was
    // noted when it got the marker.
    private static bool IsAgain(in AdmissionRequest request) => request.Object.Annotations.Member("spanhook.dev/injected"u8).IsPresent();
}
