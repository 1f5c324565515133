using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Spanhook.Support;

/// <summary>From a request to its answer.</summary>
internal sealed class FakeApiServerPipeline(FakeApiServer server)
{
    public async Task AnswerAsync(HttpContext context)
    {
        if (server.IsDown)
        {
            context.Abort();
            return;
        }

        var request = await ReadAsync(context.Request);
        server.Note(request);
        if (server.Fault(request) is { } fault && !await PassesAsync(context, fault)) return;
        var (path, ns, name) = Split(request.Path);
        if (server.Find(path) is not { } collection)
        {
            context.Response.StatusCode = 404;
            await context.Response.WriteAsync("404 page not found\n");
            return;
        }

        if (request.IsWatch) await WatchAsync(context, request, collection);
        else if (name is null && request.Method == "GET") await ListAsync(context, request, collection, ns);
        else await new FakeObjectRequests(collection, ns, name).AnswerAsync(context, request);
    }

    public static async Task StatusAsync(HttpContext context, int code, string reason, string message, int? retryAfterSeconds = null)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        if (retryAfterSeconds is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = message,
            ["reason"] = reason,
            ["code"] = code,
        };
        await context.Response.WriteAsync(status.ToJsonString());
    }

    /// <summary>False when the fault was the whole answer.</summary>
    private static async Task<bool> PassesAsync(HttpContext context, FakeFault fault)
    {
        if (fault.CutAfterBytes is { } bytes)
        {
            context.Response.Body = new CutStream(context, context.Response.Body, bytes);
            return true;
        }

        if (fault.Hangs)
        {
            var gone = new TaskCompletionSource();
            await using var registration = context.RequestAborted.Register(gone.SetResult);
            await gone.Task;
        }
        else if (fault.Status == 0)
        {
            context.Abort();
        }
        else if (fault.Text is { } text)
        {
            context.Response.StatusCode = fault.Status;
            await context.Response.WriteAsync(text);
        }
        else
        {
            await StatusAsync(context, fault.Status, fault.Reason ?? "", "said by the script", fault.RetryAfterSeconds);
        }

        return false;
    }

    private static async Task<FakeRequest> ReadAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        return new FakeRequest
        {
            Method = request.Method,
            Path = request.Path,
            Protocol = request.Protocol,
            Query = request.Query.ToDictionary(q => q.Key, q => q.Value.ToString(), StringComparer.Ordinal),
            Headers = request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            ClientCertificate = (await request.HttpContext.Connection.GetClientCertificateAsync())?.Subject,
            Body = await reader.ReadToEndAsync(),
        };
    }

    private async Task ListAsync(HttpContext context, FakeRequest request, FakeResource collection, string? ns)
    {
        var limit = request.Query.TryGetValue("limit", out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : 0;
        if (collection.Page(limit, request.Query.GetValueOrDefault("continue"), ns) is not { } page)
        {
            await StatusAsync(context, 410, "Expired", "The provided continue parameter is too old to display a consistent list result.");
            return;
        }

        var form = Form(request);
        var isPartial = request.Header("Accept").Contains("as=PartialObjectMetadataList", StringComparison.Ordinal);
        var (kind, version) = isPartial ? ("PartialObjectMetadataList", "meta.k8s.io/v1") : ($"{collection.Kind}List", collection.ApiVersion);
        var items = new JsonArray([.. page.Items.Select(form)]);
        var metadata = new JsonObject { ["resourceVersion"] = page.Version.ToString(CultureInfo.InvariantCulture) };
        if (page.Continue is not null) metadata["continue"] = page.Continue;

        // Go writes the fields of its own types in their order, and those of custom resources sorted by name.
        var list = collection.ApiVersion == "v1"
            ? new JsonObject { ["kind"] = kind, ["apiVersion"] = version, ["metadata"] = metadata, ["items"] = items }
            : new JsonObject { ["apiVersion"] = version, ["items"] = items, ["kind"] = kind, ["metadata"] = metadata };
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(list.ToJsonString() + "\n");
    }

    private static async Task WatchAsync(HttpContext context, FakeRequest request, FakeResource collection)
    {
        var after = long.Parse(request.Query["resourceVersion"], CultureInfo.InvariantCulture);
        if (collection.Watch(after, Form(request)) is not { } watch)
        {
            await StatusAsync(context, 410, "Expired", $"too old resource version: {after}");
            return;
        }

        context.Response.ContentType = "application/json";
        try
        {
            await context.Response.StartAsync();
            await context.Response.Body.FlushAsync();
            while (await watch.Lines.WaitToReadAsync(context.RequestAborted))
            {
                while (!watch.IsCut && watch.Lines.TryRead(out var line)) await context.Response.Body.WriteAsync(line);
                await context.Response.Body.FlushAsync();
                if (watch.IsCut) break;
            }

            if (watch.IsCut) context.Abort();
        }
        catch (OperationCanceledException)
        {
            // The client left.
        }
        finally
        {
            collection.Leave(watch);
        }
    }

    private static Func<JsonObject, JsonObject> Form(FakeRequest request)
    {
        if (!request.Header("Accept").Contains("as=PartialObjectMetadata", StringComparison.Ordinal)) return value => (JsonObject)value.DeepClone();
        return value => new JsonObject { ["kind"] = "PartialObjectMetadata", ["apiVersion"] = "meta.k8s.io/v1", ["metadata"] = value["metadata"]!.DeepClone() };
    }

    /// <summary>The collection's path, the namespace and the name that a path means.</summary>
    private static (string Path, string? Namespace, string? Name) Split(string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var prefix = parts[0] == "api" ? 2 : 3;
        if (parts.Length < prefix) return (path, null, null);
        var rest = parts[prefix..];
        var root = "/" + string.Join('/', parts[..prefix]);
        if (rest is ["namespaces", var ns, var resource, ..]) return ($"{root}/{resource}", ns, rest.Length > 3 ? rest[3] : null);
        return rest is [var plural, ..] ? ($"{root}/{plural}", null, rest.Length > 1 ? rest[1] : null) : (path, null, null);
    }

    /// <summary>Breaks the connection in the middle of an answer.</summary>
    private sealed class CutStream(HttpContext context, Stream inner, int bytes) : Stream
    {
        private int _left = bytes;

        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var part = buffer[..Math.Min(buffer.Length, Math.Max(_left, 0))];
            if (part.Length > 0) await inner.WriteAsync(part, cancellationToken);
            await inner.FlushAsync(cancellationToken);
            _left -= buffer.Length;
            if (_left < 0) context.Abort();
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
            // Written through.
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
