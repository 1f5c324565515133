using System.Net;
using Spanhook.Server.Telemetry.Otlp;

namespace Spanhook.Server.Telemetry;

/// <summary>What is told about the server, and to whom.</summary>
internal sealed record TelemetryOptions
{
    /// <summary>Address and port of <c>/metrics</c>, <c>/livez</c> and <c>/readyz</c> over plain HTTP; port 0 takes a free one, null serves none.</summary>
    public IPEndPoint? ManagementListen { get; init; }

    /// <summary>The share of admissions that are traced for callers who did not prove who they are; 0 to 1.</summary>
    public double TraceRatio { get; init; } = 0.01;

    /// <summary>Where metrics and spans are pushed to.</summary>
    public OtlpOptions Otlp { get; init; } = new();
}
