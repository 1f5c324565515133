using Spanhook.Cli.Comparing;
using Spanhook.Injection.Decision;

namespace Spanhook.Cli.Workloads;

/// <summary>What <c>status</c> says of a workload.</summary>
internal sealed class StatusRow
{
    /// <summary>Not among the webhook's own reasons: it never learns of such a pod.</summary>
    public const string OutsideCode = "outside_webhook";

    private const string OutsideSentence = "the webhook is not asked about pods of this namespace: see the namespaceSelector of the MutatingWebhookConfiguration";

    public StatusRow(Workload workload, bool isCovered)
    {
        (Workload, IsCovered) = (workload, isCovered);
        Skipped = [.. workload.Now.SelectMany(result => result.Decisions)
            .Where(decision => decision.Reason != Reasons.Injected && decision.Reason != Reasons.NotRequested && decision.Reason != Reasons.AlreadyInjected)
            .DistinctBy(decision => decision.Message, StringComparer.Ordinal)];
    }

    public Workload Workload { get; }

    /// <summary>The webhook is asked about its pods.</summary>
    public bool IsCovered { get; }

    public bool IsAsked => Workload.AskedBy is not null;

    /// <summary>Pods that are injected, however.</summary>
    public int Injected => Workload.Count(PodState.Fresh) + Stale;

    /// <summary>Pods that are injected otherwise than they would be now.</summary>
    public int Stale => Workload.Count(PodState.Stale) + Workload.Count(PodState.Surplus);

    /// <summary>Pods that are not injected, though they would be now.</summary>
    public int Missing => IsCovered ? Workload.Count(PodState.Missing) : 0;

    /// <summary>What keeps an injector away now, and what is worth knowing beside that.</summary>
    public IReadOnlyList<InjectionDecision> Skipped { get; }

    /// <summary>A restart would help.</summary>
    public bool NeedsRestart => IsCovered && Workload.NeedRestart > 0;

    /// <summary>Somebody asked, and does not have it.</summary>
    public bool IsFound => NeedsRestart || (IsAsked && !IsCovered) || Workload.Problem is not null || Skipped.Any(IsUnmet);

    /// <summary>The codes of what keeps it from being injected as asked.</summary>
    public IReadOnlyList<string> Codes => IsAsked && !IsCovered ? [OutsideCode] : [.. Skipped.Select(decision => decision.Reason.Code).Distinct(StringComparer.Ordinal)];

    /// <summary>A sentence each.</summary>
    public IEnumerable<string> Sentences
    {
        get
        {
            if (Workload.Problem is { } problem) yield return problem;
            if (IsAsked && !IsCovered) yield return OutsideSentence;
            foreach (var decision in Skipped) yield return decision.Message;
            if (!IsCovered) yield break;
            foreach (var example in Workload.Examples.Take(1)) yield return Text(example);
        }
    }

    // A warning about something that is injected all the same is worth reading, and no more.
    private bool IsUnmet(InjectionDecision decision) => decision.Reason.Severity == Severity.Warning && !Workload.Now.SelectMany(result => result.Decisions).Any(other =>
        (other.Reason == Reasons.Injected || other.Reason == Reasons.AlreadyInjected) && other.Injector == decision.Injector && other.Container == decision.Container);

    private static string Text(PodExample example)
    {
        if (example.State == PodState.Missing) return $"{example.Pod} was created before this was asked for, or while the webhook was away";
        var more = example.Differences.Count > 1 ? $", and {example.Differences.Count - 1} more" : "";
        return $"{example.Pod}: {example.Differences[0]}{more}";
    }
}
