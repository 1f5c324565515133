using System.Buffers;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Spanhook.KubeClient.Connection;
using Spanhook.KubeClient.Watching;

namespace Spanhook.KubeClient;

/// <summary>How a patch is to be understood.</summary>
public enum PatchKind
{
    /// <summary>RFC 7386: lists are replaced whole, null removes. Every resource takes it.</summary>
    Merge,

    /// <summary>Lists of named items are maps by name, <c>$patch: delete</c> removes one. Custom resources do not take it.</summary>
    Strategic,

    /// <summary>RFC 6902: operations, each of which may fail the whole.</summary>
    Json,
}

/// <summary>How a write is made.</summary>
/// <param name="FieldManager">Who owns the fields then.</param>
/// <param name="IsDryRun">Admitted and checked as any other, but not stored.</param>
public sealed record WriteOptions(string FieldManager, bool IsDryRun = false);

/// <summary>Objects of any kind, as JSON: for those who pass on what they do not know.</summary>
/// <param name="client">Stays its owner's.</param>
public sealed class ObjectClient(ApiServerClient client)
{
    /// <summary>As kubectl asks: large lists neither fill the API server's memory nor ours.</summary>
    public const int PageSize = 500;

    /// <summary>A list whose pages expire again and again is not going to end.</summary>
    private const int MaxRestarts = 3;

    private static readonly JsonTypeInfo<JsonObject> Node = ObjectJsonContext.Default.JsonObject;

    /// <summary>Where it asks.</summary>
    public Uri Server => client.Server;

    /// <inheritdoc cref="ApiServerClient.GetAsync"/>
    public Task<JsonObject> GetAsync(string path, CancellationToken cancellation) => client.GetAsync(path, Node, cancellation);

    /// <summary>POST to the path of the collection.</summary>
    /// <inheritdoc cref="ApiServerClient.GetAsync"/>
    public Task<JsonObject> CreateAsync(string path, JsonObject body, WriteOptions? options, CancellationToken cancellation) =>
        client.CreateAsync(Path(path, options), body, Node, cancellation);

    /// <summary>Changes an object; gives it as it is then, or would be.</summary>
    /// <inheritdoc cref="ApiServerClient.GetAsync"/>
    public async Task<JsonObject> PatchAsync(string path, JsonNode patch, PatchKind kind, WriteOptions options, CancellationToken cancellation)
    {
        var request = new ApiServerRequest(HttpMethod.Patch, Path(path, options)) { Body = Encoding.UTF8.GetBytes(patch.ToJsonString()), ContentType = ContentTypeOf(kind) };
        using var timeout = new RequestTimeout(ApiServerClient.Timeout, client.Time, cancellation);
        return await timeout.Run(async token =>
        {
            using var response = await client.SendAsync(request, token);
            return await ReadAsync(response, request, static (body, stop) => JsonSerializer.DeserializeAsync(body, Node, stop), token)
                ?? throw Unreadable(request, new JsonException("the answer is null"));
        });
    }

    /// <summary>What is no JSON: a page of a pod that the API server passes on.</summary>
    /// <inheritdoc cref="ApiServerClient.GetAsync"/>
    public async Task<string> GetTextAsync(string path, CancellationToken cancellation)
    {
        var request = new ApiServerRequest(HttpMethod.Get, path) { Accept = "*/*" };
        using var timeout = new RequestTimeout(ApiServerClient.Timeout, client.Time, cancellation);
        return await timeout.Run(async token =>
        {
            using var response = await client.SendAsync(request, token);
            return await ReadAsync(response, request, static async (body, stop) =>
            {
                using var reader = new StreamReader(body, Encoding.UTF8);
                return await reader.ReadToEndAsync(stop);
            }, token);
        });
    }

    /// <summary>
    /// Every object of a collection once, in pages of <see cref="PageSize"/>; one object is in memory at a time. A page that has expired meanwhile
    /// is followed by a new list, of which what was given already is left out: lists come sorted by namespace and name.
    /// </summary>
    /// <param name="path">Of the collection, perhaps with a query.</param>
    /// <param name="handle">Given each object.</param>
    /// <param name="metadataOnly">Of each object only its metadata is needed.</param>
    /// <param name="cancellation">Ends it with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ApiServerException">Refused, or unreachable.</exception>
    public async Task ListAsync(string path, Action<JsonObject> handle, bool metadataOnly, CancellationToken cancellation)
    {
        var (last, restarts) = ("", 0);
        for (string? next = ""; next is not null;)
        {
            var page = next;
            try
            {
                next = await PageAsync(path, page, metadataOnly, item =>
                {
                    var key = KeyOf(item);
                    if (restarts > 0 && string.CompareOrdinal(key, last) <= 0) return;
                    last = key;
                    handle(item);
                }, cancellation);
            }
            catch (ApiServerException e) when (e.IsGone && page.Length > 0 && restarts < MaxRestarts)
            {
                restarts++;
                next = "";
            }
        }
    }

    /// <summary>What asks for the next page; null after the last one.</summary>
    private async Task<string?> PageAsync(string path, string next, bool metadataOnly, Action<JsonObject> handle, CancellationToken cancellation)
    {
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        var request = new ApiServerRequest(HttpMethod.Get, $"{path}{separator}limit={PageSize}{(next.Length > 0 ? "&continue=" + Uri.EscapeDataString(next) : "")}")
        {
            Accept = metadataOnly ? "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json" : "application/json",
        };
        using var timeout = new RequestTimeout(ApiServerClient.Timeout, client.Time, cancellation);
        return await timeout.Run(async token =>
        {
            using var response = await client.SendAsync(request, token);
            var page = await ReadAsync(response, request, async (body, stop) => await ListPage.ReadAsync(body, item => handle(Parse(item)), stop), token);
            return string.IsNullOrEmpty(page.Continue) ? null : page.Continue;
        });
    }

    /// <exception cref="ApiServerException">The answer breaks off, or is something else.</exception>
    private async Task<T> ReadAsync<T>(HttpResponseMessage response, ApiServerRequest request, Func<Stream, CancellationToken, ValueTask<T>> read, CancellationToken cancellation)
    {
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellation);
            return await read(body, cancellation);
        }
        catch (JsonException e)
        {
            throw Unreadable(request, e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new ApiServerException(0, ApiServerException.Unreachable, $"{request}: the answer of {Server} broke off: {e.Message}", inner: e);
        }
    }

    private static JsonObject Parse(ReadOnlySequence<byte> item)
    {
        var reader = new Utf8JsonReader(item);
        return JsonNode.Parse(ref reader) as JsonObject ?? throw new JsonException("an item of the list is no object");
    }

    // As etcd sorts them: the namespace, a slash, the name.
    private static string KeyOf(JsonObject item) => $"{item["metadata"]?["namespace"]}/{item["metadata"]?["name"]}";

    private static ApiServerException Unreadable(ApiServerRequest request, JsonException e) =>
        new(200, ApiServerException.InvalidAnswer, $"{request}: the answer cannot be read: {e.Message}", inner: e);

    private static string Path(string path, WriteOptions? options) => options is null
        ? path
        : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}fieldManager={Uri.EscapeDataString(options.FieldManager)}{(options.IsDryRun ? "&dryRun=All" : "")}";

    private static MediaTypeHeaderValue ContentTypeOf(PatchKind kind) => new(kind switch
    {
        PatchKind.Merge => "application/merge-patch+json",
        PatchKind.Strategic => "application/strategic-merge-patch+json",
        _ => "application/json-patch+json",
    });
}

/// <summary>A tree is its own shape: nothing of it is generated.</summary>
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class ObjectJsonContext : JsonSerializerContext;
