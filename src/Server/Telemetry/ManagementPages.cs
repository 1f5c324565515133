using Spanhook.Server.Hosting;
using Spanhook.Server.Telemetry.Prometheus;

namespace Spanhook.Server.Telemetry;

/// <summary>What the management port serves: <c>/metrics</c>, <c>/livez</c>, <c>/readyz</c>, and nothing else.</summary>
internal sealed class ManagementPages(MetricCollector metrics, Readiness readiness)
{
    private const string PlainText = "text/plain; charset=utf-8";

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Path.Value is not ("/metrics" or "/livez" or "/readyz")) return AnswerAsync(context, StatusCodes.Status404NotFound, "not here: GET /metrics, /livez or /readyz\n");
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.Headers.Allow = "GET, HEAD";
            return AnswerAsync(context, StatusCodes.Status405MethodNotAllowed, "GET only\n");
        }

        return context.Request.Path.Value switch
        {
            "/metrics" => WriteMetricsAsync(context),
            "/readyz" => readiness.AnswerAsync(context),
            _ => AnswerAsync(context, StatusCodes.Status200OK, "ok\n"),
        };
    }

    private async Task WriteMetricsAsync(HttpContext context)
    {
        using var page = new PooledBufferWriter(32_768);
        metrics.Read(family => PrometheusText.Write(page, family));
        context.Response.ContentType = PrometheusText.ContentType;
        context.Response.ContentLength = page.WrittenCount;
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.BodyWriter.WriteAsync(page.WrittenMemory, context.RequestAborted);
    }

    private static Task AnswerAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = PlainText;
        context.Response.ContentLength = text.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.WriteAsync(text, context.RequestAborted);
    }
}
