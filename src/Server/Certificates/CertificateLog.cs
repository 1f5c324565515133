namespace Spanhook.Server.Certificates;

/// <summary>The log lines of the certificates. Fingerprints tell them apart; nothing of a key is ever an argument.</summary>
internal static partial class CertificateLog
{
    [LoggerMessage(EventId = 100, Level = LogLevel.Information, Message = "Serving a certificate of the authority {Issuer}, valid until {NotAfter:u}, renewed after {RenewAt:u}")]
    public static partial void Serving(ILogger logger, string issuer, DateTimeOffset notAfter, DateTimeOffset renewAt);

    [LoggerMessage(EventId = 101, Level = LogLevel.Error, Message = "Kept the certificate that is valid until {NotAfter:u}, since a new one could not be made: {Problem}")]
    public static partial void KeptLeaf(ILogger logger, DateTimeOffset notAfter, string problem);

    [LoggerMessage(EventId = 110, Level = LogLevel.Information, Message = "Authority {Change}: {Phase} with current {Current}, next {Next}, previous {Previous} in {Secret}")]
    public static partial void Changed(ILogger logger, string change, string phase, string current, string next, string previous, string secret);

    [LoggerMessage(EventId = 111, Level = LogLevel.Warning, Message = "{Secret} is damaged: {Problems}; what of it is good is kept")]
    public static partial void Damaged(ILogger logger, string secret, string problems);

    [LoggerMessage(EventId = 112, Level = LogLevel.Information, Message = "Published {Authorities} as caBundle of the webhook configuration {Configuration}")]
    public static partial void Published(ILogger logger, string authorities, string configuration);

    [LoggerMessage(EventId = 113, Level = LogLevel.Warning, Message = "The webhook configuration {Configuration} does not exist: no API server calls this webhook. It is not made here; apply the manifests again to switch it on")]
    public static partial void ConfigurationAbsent(ILogger logger, string configuration);

    [LoggerMessage(EventId = 114, Level = LogLevel.Information, Message = "The webhook configuration {Configuration} is there")]
    public static partial void ConfigurationThere(ILogger logger, string configuration);

    [LoggerMessage(EventId = 115, Level = LogLevel.Information, Message = "This replica, {Identity}, {Role} the certificates of all")]
    public static partial void Role(ILogger logger, string identity, string role);

    [LoggerMessage(EventId = 120, Level = LogLevel.Warning, Message = "{About}: {Problem}")]
    public static partial void Problem(ILogger logger, string about, string problem);

    [LoggerMessage(EventId = 121, Level = LogLevel.Information, Message = "{About}, over: {Problem}")]
    public static partial void ProblemOver(ILogger logger, string about, string problem);

    [LoggerMessage(EventId = 122, Level = LogLevel.Error, Message = "Certificates: failed, and tried again: {Exception} {StackTrace}")]
    public static partial void Failed(ILogger logger, string exception, string? stackTrace);
}
