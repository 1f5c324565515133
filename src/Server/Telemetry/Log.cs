using Spanhook.Injection.Decision;
using Spanhook.Server.Admission;

namespace Spanhook.Server.Telemetry;

/// <summary>Every log line of the server. A pod, a patch or the value of a variable is never an argument; names are cut and their control characters shown.</summary>
internal static partial class Log
{
    /// <summary>One line per answer: injected or asked for in vain at Information, all others at Debug.</summary>
    public static void Outcome(ILogger logger, in AdmissionOutcome outcome)
    {
        var level = outcome.Decisions is null || outcome.Reason == Reasons.NotAPodCreation ? LogLevel.Debug : LogLevel.Information;
        if (!logger.IsEnabled(level)) return;
        var pod = outcome.Request.Object.Name ?? outcome.Request.Object.GenerateName ?? "";
        Answered(logger, level, AdmissionReviewWriter.Clean(outcome.Uid), AdmissionReviewWriter.Clean(outcome.Request.Namespace), AdmissionReviewWriter.Clean(pod), outcome.Reason.Code,
            outcome.Decisions ?? outcome.Reason.Code, outcome.PatchBytes, outcome.Elapsed.TotalMilliseconds);
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

    [LoggerMessage(EventId = 36, Level = LogLevel.Information, Message = "Serving /metrics, /livez and /readyz on {Url}")]
    public static partial void ServingManagement(ILogger logger, string url);

    [LoggerMessage(EventId = 40, Level = LogLevel.Information, Message = "Pushing {Signal} to {Endpoint} by {Protocol}")]
    public static partial void Pushing(ILogger logger, string signal, Uri endpoint, string protocol);

    [LoggerMessage(EventId = 41, Level = LogLevel.Warning, Message = "{Problem}")]
    public static partial void NotPushing(ILogger logger, string problem);

    [LoggerMessage(EventId = 42, Level = LogLevel.Warning, Message = "The {Signal} cannot be pushed to {Endpoint}; no admission waits for it")]
    public static partial void PushFails(ILogger logger, string signal, Uri endpoint);

    [LoggerMessage(EventId = 43, Level = LogLevel.Information, Message = "The {Signal} are pushed to {Endpoint} again")]
    public static partial void PushWorksAgain(ILogger logger, string signal, Uri endpoint);

    [LoggerMessage(EventId = 44, Level = LogLevel.Warning, Message = "A metric could not be read: {Exception}")]
    public static partial void MetricFailed(ILogger logger, string exception);
}
