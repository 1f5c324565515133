using System.Diagnostics;
using Spanhook.Server.Admission;

namespace Spanhook.Server.Telemetry;

/// <summary>
/// The server's span of an admission. It joins the API server's trace by <c>traceparent</c>, but whoever reaches the port can send one:
/// <list type="table">
/// <item>caller with a verified client certificate, traceparent sampled: always recorded;</item>
/// <item>caller unknown, traceparent sampled: recorded with the chance <see cref="TelemetryOptions.TraceRatio"/>;</item>
/// <item>traceparent not sampled: never recorded;</item>
/// <item>no traceparent: recorded with the chance <see cref="TelemetryOptions.TraceRatio"/>.</item>
/// </list>
/// The chance is drawn here and not taken from the trace's id, which a caller could choose. While nothing is pushed no span is made.
/// </summary>
internal sealed class AdmissionTracing(TelemetryOptions options) : IDisposable
{
    public const string SpanName = "POST " + MutateEndpoint.Path;

    /// <summary>Not a service: the web host would take it for its own spans too.</summary>
    public ActivitySource Source { get; } = new(TelemetryServices.Name, TelemetryServices.Version);

    /// <summary>The span of a request; null when nobody collects it.</summary>
    public Activity? Start(HttpContext context)
    {
        if (!Source.HasListeners()) return null;
        var headers = context.Request.Headers;
        var joins = ActivityContext.TryParse(headers.TraceParent, headers.TraceState, isRemote: true, out var parent);
        if (!IsRecorded(joins, parent, context)) return null;

        // Not below the framework's own activity of the request, which nobody collects.
        Activity.Current = null;
        var span = Source.StartActivity(SpanName, ActivityKind.Server, parent);
        if (span is null) return null;
        var request = context.Request;
        var connection = context.Connection;
        span.SetTag("http.request.method", "POST");
        span.SetTag("http.route", MutateEndpoint.Path);
        span.SetTag("url.path", MutateEndpoint.Path);
        span.SetTag("url.scheme", request.Scheme);
        span.SetTag("network.protocol.version", request.Protocol is "HTTP/2" ? "2" : request.Protocol["HTTP/".Length..]);
        span.SetTag("client.address", connection.RemoteIpAddress?.ToString());
        span.SetTag("server.port", connection.LocalPort);
        return span;
    }

    /// <summary>Adds the outcome to the span that <see cref="Start"/> made for this request. No name but the namespace's, nothing of the pod.</summary>
    public void Describe(in AdmissionOutcome outcome)
    {
        if (!Source.HasListeners() || Activity.Current is not { } span || span.Source != Source) return;
        var result = AdmissionMetrics.NameOf(outcome.Result);
        span.SetTag("http.response.status_code", outcome.Status);
        span.SetTag("spanhook.result", result);
        span.SetTag("spanhook.reason", outcome.Reason.Code);
        if (outcome.PatchBytes > 0) span.SetTag("spanhook.patch.size", outcome.PatchBytes);
        if (outcome.Request.Namespace is { Length: > 0 } ns) span.SetTag("k8s.namespace.name", AdmissionReviewWriter.Clean(ns));
        if (outcome.Result != AdmissionResult.Error) return;
        span.SetTag("error.type", outcome.Failure?.GetType().FullName ?? outcome.Reason.Code);
        span.SetStatus(ActivityStatusCode.Error, outcome.Reason.Sentence);
    }

    public void Dispose() => Source.Dispose();

    private bool IsRecorded(bool joins, ActivityContext parent, HttpContext context)
    {
        if (joins && !parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded)) return false;
        return (joins && context.Connection.ClientCertificate is not null) || Random.Shared.NextDouble() < options.TraceRatio;
    }
}
