using Spanhook.Api.Admission;
using Spanhook.Injection;
using Spanhook.Injection.Decision;

namespace Spanhook.Server.Admission;

/// <summary>What became of a request, in one word: the metric attribute <c>result</c>.</summary>
internal enum AdmissionResult
{
    /// <summary>The pod was patched.</summary>
    Injected,

    /// <summary>The pod was allowed as it is, for a reason of the catalog.</summary>
    Skipped,

    /// <summary>A policy in mode Audit: the pod would have been patched.</summary>
    Audited,

    /// <summary>The pod was allowed as it is, since there was no time to look at it.</summary>
    Overloaded,

    /// <summary>The pod was allowed as it is, since the webhook failed.</summary>
    Error,

    /// <summary>The request was no review that can be answered: a 4xx.</summary>
    Refused,
}

/// <summary>
/// What became of one request: made once, where the answer is made. Log line, metrics and span all tell of this value and of nothing else. It
/// holds a view of the request and so lives no longer.
/// </summary>
internal readonly ref struct AdmissionOutcome
{
    /// <summary>What the API server is answered; 200 for every review.</summary>
    public int Status { get; private init; }
    public AdmissionResult Result { get; private init; }

    /// <summary>Of <see cref="Reasons"/>, or of <see cref="Refusals"/> when the request was refused.</summary>
    public Reason Reason { get; private init; }

    /// <summary>Of the review; empty when it was refused.</summary>
    public string Uid { get; private init; }

    /// <summary>For the names; absent when the review could not be read.</summary>
    public AdmissionRequest Request { get; init; }

    /// <summary>The codes of all decisions; null when nothing was asked for.</summary>
    public string? Decisions { get; init; }

    /// <summary>0 without a patch.</summary>
    public int PatchBytes { get; init; }

    /// <summary>From the review's turn, when its body is there, to the answer.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>What was decided, with its policies; null when the request was refused.</summary>
    public InjectionResult? Injection { get; private init; }

    /// <summary>What made the webhook fail; null when nothing did.</summary>
    public Exception? Failure { get; init; }

    /// <summary>Why the request was refused, for people; null when it was answered.</summary>
    public string? Problem { get; private init; }

    /// <summary>Of a review that was answered.</summary>
    public static AdmissionOutcome Answered(string uid, InjectionResult result)
    {
        var reason = result.Leading.Reason;
        return new() { Status = StatusCodes.Status200OK, Uid = uid, Reason = reason, Injection = result, Result = result.IsInjected ? AdmissionResult.Injected : ResultOf(reason) };
    }

    /// <summary>Of a request that was no review.</summary>
    /// <param name="status">400 or above.</param>
    /// <param name="problem">Cleaned: a part of it can be the caller's text.</param>
    public static AdmissionOutcome Refused(int status, string problem) =>
        new() { Status = status, Uid = "", Reason = Refusals.Of(status), Result = AdmissionResult.Refused, Problem = problem };

    /// <summary>The result that a reason stands for where nothing was patched.</summary>
    private static AdmissionResult ResultOf(Reason reason) =>
        reason == Reasons.AuditOnly ? AdmissionResult.Audited
        : reason == Reasons.Overloaded ? AdmissionResult.Overloaded
        : reason == Reasons.InternalError ? AdmissionResult.Error
        : AdmissionResult.Skipped;
}
