using System.Diagnostics.Metrics;
using Spanhook.Server.Certificates.SelfManaged;
using Spanhook.Server.Reporting.Counting;
using Spanhook.Server.Reporting.Statuses;

namespace Spanhook.Server.Reporting;

/// <summary>How the telling goes: nothing of it is worth an admission, so what fails is counted and left.</summary>
internal sealed class ReportingMetrics
{
    private readonly Counter<long> _events;
    private readonly Counter<long> _statuses;
    private readonly Counter<long> _reports;
    private int _pending;

    public ReportingMetrics(Meter meter, AdmissionTally tally, LeaseElection lease)
    {
        _events = meter.CreateCounter<long>("spanhook.events", "{event}", "Events of workloads by what became of them: written, failed, or dropped since there were too many.");
        _statuses = meter.CreateCounter<long>("spanhook.status.writes", "{write}", "Writes of a status by kind and what became of them: written, conflict, or refused.");
        _reports = meter.CreateCounter<long>("spanhook.reports.writes", "{write}", "Writes of the ConfigMap of counts by what became of them: written, or failed.");
        meter.CreateObservableCounter("spanhook.reports.uncounted", () => tally.Uncounted, "{pod}", "Pods that are in no status, since there are too many policies or Instrumentations.");
        meter.CreateObservableGauge("spanhook.status.pending", () => Volatile.Read(ref _pending), null, "Statuses that differ from what they should be and wait for their turn; 0 where another replica writes.");
        meter.CreateObservableGauge("spanhook.writer", () => lease.IsHeld ? 1 : 0, null, "1 on the replica that writes statuses and, where they are self-managed, certificates.");
    }

    /// <summary>How many statuses wait.</summary>
    public int Pending
    {
        get => Volatile.Read(ref _pending);
        set => Volatile.Write(ref _pending, value);
    }

    public void Event(string result, long count = 1) => _events.Add(count, new KeyValuePair<string, object?>("result", result));

    public void StatusWritten(StatusKind kind, string result) => _statuses.Add(1, new("kind", kind.Kind), new("result", result));

    public void ReportWritten(string result) => _reports.Add(1, new KeyValuePair<string, object?>("result", result));

    /// <summary>Zeros: the first failure of a process would else be its first sample, of which no rate can be told.</summary>
    public void Announce()
    {
        foreach (var result in (string[])["written", "failed", "dropped"]) Event(result, 0);
        foreach (var result in (string[])["written", "failed"]) _reports.Add(0, new KeyValuePair<string, object?>("result", result));
        foreach (var kind in StatusKind.All)
        {
            foreach (var result in (string[])["written", "conflict", "refused"]) _statuses.Add(0, new("kind", kind.Kind), new("result", result));
        }
    }
}
