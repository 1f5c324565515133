using System.Buffers;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Spanhook.Server.Hosting;

namespace Spanhook.Benchmarks.Https;

/// <summary>
/// The yardstick: the webhook's own server, with one more endpoint that reads and parses the body as the webhook does, and answers a constant.
/// What <c>/mutate-v1-pod</c> takes beyond it is what deciding, patching and answering cost. A process of its own, as the shipped server is.
/// </summary>
internal static class ParseOnlyServer
{
    public const string Path = "/parse-only";

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64, AllowDuplicateProperties = false };
    private static readonly byte[] Constant = """{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","response":{"uid":"705ab4f5-6393-11e8-b7cc-42010a800002","allowed":true}}"""u8.ToArray();

    public static async Task<int> RunAsync(string cluster, int port)
    {
        var options = new ServerOptions { Cluster = new() { Path = cluster }, Serving = new() { Listen = new IPEndPoint(IPAddress.Loopback, port) }, Log = new() { Format = "json" } };
        await using var app = WebhookServer.Build(options, TimeProvider.System);
        app.MapPost(Path, AnswerAsync);
        await app.RunAsync();
        return 0;
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        var read = await reader.ReadAsync(context.RequestAborted);
        while (!read.IsCompleted)
        {
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            read = await reader.ReadAsync(context.RequestAborted);
        }

        using (JsonDocument.Parse(read.Buffer, Strict)) reader.AdvanceTo(read.Buffer.End);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = Constant.Length;
        context.Response.BodyWriter.Write(Constant);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
