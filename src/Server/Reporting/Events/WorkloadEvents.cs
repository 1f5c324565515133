using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Spanhook.Injection;
using Spanhook.Injection.Decision;
using Spanhook.Server.Admission;

namespace Spanhook.Server.Reporting.Events;

/// <summary>
/// Finds out what to tell of an outcome, and queues it. Only where somebody asked, by annotation or policy: that a pod was injected, and each
/// reason that somebody has to do something about. Where the queue is full it is left.
/// </summary>
internal sealed class WorkloadEvents(ReportingMetrics metrics, TimeProvider time)
{
    public const string Injected = "Injected";
    public const string Skipped = "InjectionSkipped";
    public const string Warned = "InjectionWarning";

    /// <summary>What waits to be written.</summary>
    public const int QueueLength = 256;

    // Of an event, as the API server takes it.
    private const int LongestNote = 1024;

    private readonly RecentEvents _recent = new(time);
    private readonly Channel<WorkloadEvent> _queue = Channel.CreateBounded<WorkloadEvent>(new BoundedChannelOptions(QueueLength) { SingleReader = true });

    /// <summary>What is to be written.</summary>
    public ChannelReader<WorkloadEvent> Queue => _queue.Reader;

    /// <summary>Of the outcome of a pod that somebody asked for.</summary>
    public void Add(in AdmissionOutcome outcome, InjectionResult injection)
    {
        if (!injection.IsInjected && !HasWarning(injection)) return;
        if (outcome.Request.Namespace is not { Length: > 0 } ns || Workload.Of(outcome.Request.Object) is not { } workload) return;
        if (injection.IsInjected) Tell(ns, workload, Injected, Reasons.Injected, injection);
        for (var i = 0; i < injection.Decisions.Count; i++)
        {
            var decision = injection.Decisions[i];
            if (decision.Reason.Severity == Severity.Warning && IsFirst(injection, i)) Tell(ns, workload, IsInjected(injection, decision) ? Warned : Skipped, decision.Reason, injection);
        }
    }

    /// <summary>It could not be written: the next time it happens it is told.</summary>
    public void Forget(WorkloadEvent told) => _recent.Forget(told.Key);

    private void Tell(string ns, in Workload workload, string what, Reason reason, InjectionResult injection)
    {
        var key = new EventKey(ns, workload.Kind, workload.Name, reason.Code);
        var telling = _recent.Ask(key);
        if (!telling.IsDue)
        {
            if (telling.IsFull) metrics.Event("dropped");
            return;
        }

        var now = time.GetUtcNow();
        var note = what == Injected ? InjectedNote(injection) : WarningNote(injection, reason);
        var told = new WorkloadEvent
        {
            Namespace = ns,
            Workload = workload,
            Reason = what,
            IsWarning = what != Injected,
            Note = AdmissionReviewWriter.Clean(note, LongestNote),
            Count = telling.Count,
            First = telling.First ?? now,
            Last = now,
            Key = key,
        };
        if (_queue.Writer.TryWrite(told)) return;
        _recent.Forget(key);
        metrics.Event("dropped");
    }

    private static string InjectedNote(InjectionResult injection)
    {
        var note = new StringBuilder();
        foreach (var decision in injection.Decisions)
        {
            if (decision.Reason != Reasons.Injected) continue;
            note.Append(CultureInfo.InvariantCulture, $"{(note.Length == 0 ? "Injected " : ", ")}{decision.Injector} into container {decision.Container} as {decision.Source} says");
        }

        return note.Length == 0 ? "Injected" : note.ToString();
    }

    private static string WarningNote(InjectionResult injection, Reason reason) =>
        string.Join("; ", injection.Decisions.Where(decision => decision.Reason == reason).Select(decision => decision.Message).Distinct(StringComparer.Ordinal));

    // All decisions with one reason are one event.
    private static bool IsFirst(InjectionResult injection, int index)
    {
        for (var i = 0; i < index; i++)
        {
            if (injection.Decisions[i].Reason == injection.Decisions[index].Reason) return false;
        }

        return true;
    }

    // What is wrong with an injection that was done: nothing was skipped.
    private static bool IsInjected(InjectionResult injection, InjectionDecision warning)
    {
        if (!injection.IsInjected) return false;
        foreach (var decision in injection.Decisions)
        {
            if (decision.Reason == Reasons.Injected && decision.Injector == (warning.Injector ?? decision.Injector) && decision.Container == (warning.Container ?? decision.Container)) return true;
        }

        return false;
    }

    private static bool HasWarning(InjectionResult injection)
    {
        for (var i = 0; i < injection.Decisions.Count; i++)
        {
            if (injection.Decisions[i].Reason.Severity == Severity.Warning) return true;
        }

        return false;
    }
}
