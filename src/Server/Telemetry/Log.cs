using Spanhook.Api.Admission;
using Spanhook.Injection.Decision;
using Spanhook.Server.Admission;

namespace Spanhook.Server.Telemetry;

/// <summary>Every log line of the server. A pod, a patch or the value of a variable is never an argument; names are cut and their control characters shown.</summary>
internal static partial class Log
{
    /// <summary>One line per answer: injected or asked for in vain at Information, all others at Debug.</summary>
    /// <param name="logger">Where to.</param>
    /// <param name="uid">Of the request.</param>
    /// <param name="request">For the names.</param>
    /// <param name="outcome">What stands for the whole answer.</param>
    /// <param name="decisions">The codes of all decisions; null when nothing was asked for.</param>
    /// <param name="patchBytes">0 without a patch.</param>
    /// <param name="elapsed">From the review's last byte to the answer's.</param>
    public static void Outcome(ILogger logger, string uid, AdmissionRequest request, Reason outcome, string? decisions, int patchBytes, TimeSpan elapsed)
    {
        var level = decisions is null || outcome == Reasons.NotAPodCreation ? LogLevel.Debug : LogLevel.Information;
        if (!logger.IsEnabled(level)) return;
        var pod = request.Object.Name ?? request.Object.GenerateName ?? "";
        Answered(logger, level, AdmissionReviewWriter.Clean(uid), AdmissionReviewWriter.Clean(request.Namespace), AdmissionReviewWriter.Clean(pod), outcome.Code,
            decisions ?? outcome.Code, patchBytes, elapsed.TotalMilliseconds);
    }

    [LoggerMessage(EventId = 1, Message = "Answered {Uid}: {PodNamespace}/{Pod} {Outcome} ({Decisions}), {PatchBytes} bytes of patch in {Milliseconds:0.000} ms")]
    private static partial void Answered(ILogger logger, LogLevel level, string uid, string podNamespace, string pod, string outcome, string decisions, int patchBytes, double milliseconds);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "Refused a request with {Status}: {Problem}; {Unlogged} more were refused since the last such line")]
    public static partial void Refused(ILogger logger, int status, string problem, int unlogged);

    [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "Failed on {Uid}, which was allowed without a patch: {Exception} {StackTrace}")]
    public static partial void Failed(ILogger logger, string uid, string exception, string stackTrace);

    [LoggerMessage(EventId = 10, Level = LogLevel.Information, Message = "Loaded {Path}: {Namespaces} namespaces, {Instrumentations} Instrumentations, {Policies} policies")]
    public static partial void Loaded(ILogger logger, string path, int namespaces, int instrumentations, int policies);

    [LoggerMessage(EventId = 11, Level = LogLevel.Error, Message = "Kept the last good objects, since {Path} cannot be read: {Problem}")]
    public static partial void KeptLastGood(ILogger logger, string path, string problem);

    [LoggerMessage(EventId = 12, Level = LogLevel.Warning, Message = "{Problem}")]
    public static partial void ObjectProblem(ILogger logger, string problem);

    [LoggerMessage(EventId = 20, Level = LogLevel.Information, Message = "Serving with the certificate {Subject}, valid until {NotAfter:u}")]
    public static partial void Certificate(ILogger logger, string subject, DateTime notAfter);

    [LoggerMessage(EventId = 21, Level = LogLevel.Error, Message = "Kept the certificate, since {Folder} has no usable pair of tls.crt and tls.key: {Problem}")]
    public static partial void KeptCertificate(ILogger logger, string folder, string problem);

    [LoggerMessage(EventId = 30, Level = LogLevel.Information, Message = "Serving on {Url}")]
    public static partial void Serving(ILogger logger, string url);
}
