using System.Net.Mime;
using Spanhook.Injection.Decision;
using Spanhook.Server.Hosting;
using Spanhook.Server.Hosting.Clients;
using Spanhook.Server.Telemetry;

namespace Spanhook.Server.Admission;

/// <summary><c>POST /mutate-v1-pod</c>: HTTP around <see cref="AdmissionHandler"/>.</summary>
internal sealed class MutateEndpoint(AdmissionHandler handler, AdmissionGate gate, RequestBody bodies, ClientCheck clients, AdmissionTelemetry telemetry)
{
    public const string Path = "/mutate-v1-pod";

    /// <summary>Two objects of 3 MiB, as an UPDATE has, and some room.</summary>
    public const int MaxBody = 8 * 1024 * 1024;

    public async Task InvokeAsync(HttpContext context)
    {
        if (clients.Problem(context) is { } refused)
        {
            await RefuseAsync(context, StatusCodes.Status403Forbidden, refused);
            return;
        }

        using var span = telemetry.StartSpan(context);
        if (!IsJson(context.Request))
        {
            await RefuseAsync(context, StatusCodes.Status415UnsupportedMediaType, "the body must be application/json, not compressed");
            return;
        }

        try
        {
            await ReviewAsync(context);
        }
        catch (BadHttpRequestException e)
        {
            await RefuseAsync(context, e.StatusCode, e.StatusCode == StatusCodes.Status413PayloadTooLarge ? $"the body is larger than {MaxBody} bytes" : "the body could not be read");
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller is gone: there is nobody to answer.
        }
    }

    private async Task ReviewAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        var body = await bodies.ReadAsync(reader, context.RequestAborted);
        try
        {
            if (body.End == BodyEnd.TooSlow)
            {
                reader.AdvanceTo(body.Bytes.End);
                await RefuseAsync(context, StatusCodes.Status408RequestTimeout, $"the body took longer than {RequestBody.Patience.TotalSeconds:0} seconds");
                return;
            }

            using var answer = new PooledBufferWriter(8192);
            string? problem;
            if (body.End == BodyEnd.Complete && (gate.TryEnter() || await gate.EnterAsync(context.RequestAborted))) problem = body.Held < LargeReviews.From ? Decide(body, answer) : await LargeReviews.OnOwnThread(() => Decide(body, answer));
            else problem = handler.AnswerUnpatched(body.Bytes, Reasons.Overloaded, answer);
            reader.AdvanceTo(body.Bytes.End);
            await (problem is null ? AnswerAsync(context, answer) : RefuseAsync(context, StatusCodes.Status400BadRequest, problem));
        }
        finally
        {
            bodies.Release(body);
        }
    }

    private string? Decide(in ReceivedBody body, PooledBufferWriter answer)
    {
        try
        {
            return handler.Handle(body.Bytes, answer);
        }
        finally
        {
            gate.Leave();
        }
    }

    private static bool IsJson(HttpRequest request) =>
        request.Headers.ContentEncoding.Count == 0
        && request.ContentType is { } type
        && (type.Equals(MediaTypeNames.Application.Json, StringComparison.OrdinalIgnoreCase)
            || type.StartsWith(MediaTypeNames.Application.Json + ";", StringComparison.OrdinalIgnoreCase));

    private static async Task AnswerAsync(HttpContext context, PooledBufferWriter answer)
    {
        context.Response.ContentType = MediaTypeNames.Application.Json;
        context.Response.ContentLength = answer.WrittenCount;

        // All of it in one call: what is written in pieces before the headers are sent is copied once more.
        await context.Response.BodyWriter.WriteAsync(answer.WrittenMemory, context.RequestAborted);
    }

    private Task RefuseAsync(HttpContext context, int status, string problem)
    {
        var message = AdmissionReviewWriter.Clean(problem);
        telemetry.Record(AdmissionOutcome.Refused(status, message));
        if (context.Response.HasStarted) return Task.CompletedTask;
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(message + "\n", context.RequestAborted);
    }
}
