namespace Spanhook.Server.Telemetry;

/// <summary>What is logged, and how.</summary>
internal sealed record LogOptions
{
    /// <summary><c>json</c> or <c>text</c>.</summary>
    public string Format { get; init; } = "text";
    public LogLevel Level { get; init; } = LogLevel.Information;
}
