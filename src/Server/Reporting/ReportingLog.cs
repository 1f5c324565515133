namespace Spanhook.Server.Reporting;

/// <summary>The log lines of counts, statuses and events.</summary>
internal static partial class ReportingLog
{
    [LoggerMessage(EventId = 130, Level = LogLevel.Warning, Message = "Reports: {Problem}")]
    public static partial void Problem(ILogger logger, string problem);

    [LoggerMessage(EventId = 132, Level = LogLevel.Error, Message = "Reports: failed, and tried again: {Exception} {StackTrace}")]
    public static partial void Failed(ILogger logger, string exception, string? stackTrace);

    [LoggerMessage(EventId = 133, Level = LogLevel.Information, Message = "This replica, {Instance}, {Role}")]
    public static partial void Role(ILogger logger, string instance, string role);

    [LoggerMessage(EventId = 134, Level = LogLevel.Warning, Message = "{Failures} events could not be written since the last such line, now: {Problem}")]
    public static partial void EventsFailed(ILogger logger, long failures, string problem);
}
