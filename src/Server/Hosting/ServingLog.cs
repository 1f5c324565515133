namespace Spanhook.Server.Hosting;

/// <summary>The log lines of serving and its end.</summary>
internal static partial class ServingLog
{
    [LoggerMessage(EventId = 31, Level = LogLevel.Information, Message = "Draining on {Signal}: not ready, serving on for {Seconds:0.###} s")]
    public static partial void Draining(ILogger logger, string signal, double seconds);

    [LoggerMessage(EventId = 32, Level = LogLevel.Information, Message = "Loaded {Count} client authorities of {File}")]
    public static partial void ClientAuthorities(ILogger logger, int count, string file);

    [LoggerMessage(EventId = 33, Level = LogLevel.Error, Message = "Kept the client authorities, since {File} has none that can be used: {Problem}")]
    public static partial void KeptClientAuthorities(ILogger logger, string file, string problem);

    [LoggerMessage(EventId = 34, Level = LogLevel.Information, Message = "Stopped")]
    public static partial void Stopped(ILogger logger);
}
