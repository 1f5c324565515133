namespace Spanhook.Server.Cluster;

/// <summary>The log lines of <see cref="ApiServerClusterSource"/>.</summary>
internal static partial class ApiServerLog
{
    [LoggerMessage(EventId = 13, Level = LogLevel.Information, Message = "Watching the API server: {Namespaces} namespaces, {Instrumentations} Instrumentations, {Policies} policies")]
    public static partial void Synced(ILogger logger, int namespaces, int instrumentations, int policies);

    [LoggerMessage(EventId = 14, Message = "Cannot watch {Resource}, what is known of them serves: {Problem}")]
    public static partial void Failed(ILogger logger, LogLevel level, string resource, string problem);

    [LoggerMessage(EventId = 15, Level = LogLevel.Warning, Message = "{Resource} {Object} {Problem}")]
    public static partial void UnreadableObject(ILogger logger, string resource, string @object, string problem);

    [LoggerMessage(EventId = 16, Level = LogLevel.Warning, Message = "Serving {Resource} as they were {Seconds:0} s ago, since the API server cannot be watched: {Problem}")]
    public static partial void Stale(ILogger logger, string resource, double seconds, string problem);

    [LoggerMessage(EventId = 17, Level = LogLevel.Information, Message = "The API server is watched again: what serves is current")]
    public static partial void Current(ILogger logger);

    [LoggerMessage(EventId = 18, Level = LogLevel.Error, Message = "Kept the last good objects, since the new ones cannot be compiled: {Problem}")]
    public static partial void KeptLastGood(ILogger logger, string problem);
}
