using System.Collections.Frozen;
using Spanhook.Injection.Decision;
using Spanhook.Server.Admission;
using Spanhook.Server.Reporting.Counting;

namespace Spanhook.Server.Reporting.Statuses;

/// <summary>Makes the status of an object.</summary>
internal static class StatusMaker
{
    public const string Accepted = "Accepted";
    public const string Degraded = "Degraded";

    // Of the schema.
    private const int MaxReasons = 64;
    private const int LongestMessage = 32_768;
    private const int LongestProblem = 2048;
    private const int MaxShown = 5;

    private static readonly FrozenDictionary<string, Reason> ByCode = Reasons.All.ToFrozenDictionary(reason => reason.Code, StringComparer.Ordinal);

    /// <summary>How many pods were not injected though somebody wanted it.</summary>
    public static long Warned(ObjectReport? report) => report?.Skipped.Where(skip => IsWarning(skip.Key)).Sum(skip => skip.Value.Count) ?? 0;

    /// <inheritdoc cref="Warned(ObjectReport?)"/>
    public static long Warned(ObjectStatus? status) => status?.SkippedReasons?.Where(skip => IsWarning(skip.Reason)).Sum(skip => skip.Count) ?? 0;

    /// <param name="subject">The object.</param>
    /// <param name="view">What is known of its status, and how the cluster is seen.</param>
    /// <param name="now">For what changes with this status.</param>
    public static ObjectStatus Make(StatusSubject subject, StatusView view, DateTime now)
    {
        var report = subject.Report;
        return new()
        {
            ObservedGeneration = subject.Metadata.Generation,
            Conditions =
            [
                Since(AcceptedOf(subject), view.Accepted, subject, now),
                Since(DegradedOf(subject, view), view.Degraded, subject, now),
            ],
            CountedSince = view.IsCounted ? Later(view.CountedSince ?? now, view.PastSince) : null,
            MatchedPods = view.IsCounted ? report?.Matched ?? 0 : null,
            InjectedPods = view.IsCounted ? report?.Injected ?? 0 : null,
            SkippedReasons = view.IsCounted ? [.. Skipped(report)] : null,
        };
    }

    private static StatusCondition AcceptedOf(StatusSubject subject)
    {
        if (subject.Problems.Count == 0) return new() { Type = Accepted, Status = "True", Reason = "Valid", Message = "It is used as it is written." };
        var message = string.Join("\n", subject.Problems.OrderByDescending(problem => problem.IsError).Select(problem => AdmissionReviewWriter.Clean($"{problem.Field}: {problem.Message}", LongestProblem)));
        var isInvalid = subject.Problems.Any(problem => problem.IsError);
        return new() { Type = Accepted, Status = isInvalid ? "False" : "True", Reason = isInvalid ? "Invalid" : "ValidWithWarnings", Message = Cut(message) };
    }

    private static StatusCondition DegradedOf(StatusSubject subject, StatusView view)
    {
        if (view.IsStale)
            return new() { Type = Degraded, Status = "True", Reason = "ObjectsOutdated", Message = "The API server cannot be watched: pods are decided on by objects as they were before. The log of the webhook says why." };
        if (!view.IsSkippingNow) return new() { Type = Degraded, Status = "False", Reason = "AsExpected", Message = "No pod was skipped lately for a reason that somebody has to do something about." };
        var reasons = subject.Report!.Skipped.Where(skip => IsWarning(skip.Key)).OrderByDescending(skip => skip.Value.Count).ThenBy(skip => skip.Key, StringComparer.Ordinal).Take(MaxShown)
            .Select(skip => $"{ByCode[skip.Key].Sentence} ({skip.Key})");
        return new() { Type = Degraded, Status = "True", Reason = "PodsSkipped", Message = Cut("Pods were skipped: " + string.Join("\n", reasons)) };
    }

    private static IEnumerable<SkippedReason> Skipped(ObjectReport? report) => (report?.Skipped ?? [])
        .OrderByDescending(skip => skip.Value.Count).ThenBy(skip => skip.Key, StringComparer.Ordinal).Take(MaxReasons)
        .Select(skip => new SkippedReason { Reason = skip.Key, Count = skip.Value.Count, Example = skip.Value.Example });

    // A condition that says the same as before says since when.
    private static StatusCondition Since(StatusCondition condition, KnownCondition? known, StatusSubject subject, DateTime now) => condition with
    {
        LastTransitionTime = known is { } before && before.IsTrue == condition.IsTrue ? before.Since : now,
        ObservedGeneration = subject.Metadata.Generation,
    };

    private static DateTime Later(DateTime one, DateTime? other) => other is { } value && value > one ? value : one;

    private static string Cut(string message) => message.Length <= LongestMessage ? message : message[..(LongestMessage - 1)] + "…";

    private static bool IsWarning(string code) => ByCode.TryGetValue(code, out var reason) && reason.Severity == Severity.Warning;
}

/// <summary>A condition as it was published.</summary>
internal readonly record struct KnownCondition(bool IsTrue, DateTime Since);

/// <summary>What a status depends on besides its object.</summary>
internal readonly record struct StatusView
{
    public KnownCondition? Accepted { get; init; }
    public KnownCondition? Degraded { get; init; }
    public DateTime? CountedSince { get; init; }

    /// <summary>When the counts of all objects began.</summary>
    public DateTime? PastSince { get; init; }

    /// <summary>False when the counts are not to be had: the status then has none.</summary>
    public bool IsCounted { get; init; }

    /// <summary>Pods were skipped lately for a reason that is a warning.</summary>
    public bool IsSkippingNow { get; init; }

    /// <summary>The objects are not up to date.</summary>
    public bool IsStale { get; init; }
}
