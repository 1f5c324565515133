using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Spanhook.Support;

/// <summary>Requests for single objects: GET, POST, PUT with optimistic concurrency, server-side apply as far as merging goes, DELETE.</summary>
internal sealed class FakeObjectRequests(FakeResource collection, string? ns, string? name)
{
    private string Key => ns is null ? name! : $"{ns}/{name}";

    public Task AnswerAsync(HttpContext context, FakeRequest request) => request.Method switch
    {
        "GET" => FoundAsync(context, value => value),
        "POST" => CreateAsync(context, request),
        "PUT" => ReplaceAsync(context, request),
        "PATCH" when FakePatches.Of(request) is { } patch => PatchAsync(context, request, patch),
        "PATCH" => ApplyAsync(context, request),
        "DELETE" => FoundAsync(context, value =>
        {
            collection.Delete(Key);
            return value;
        }),
        _ => FakeApiServerPipeline.StatusAsync(context, 405, "MethodNotAllowed", request.Method),
    };

    private async Task FoundAsync(HttpContext context, Func<JsonObject, JsonObject> act)
    {
        if (collection.Find(Key) is { } value) await WriteAsync(context, 200, act(value));
        else await FakeApiServerPipeline.StatusAsync(context, 404, "NotFound", $"{collection.Kind} \"{name}\" not found");
    }

    private async Task CreateAsync(HttpContext context, FakeRequest request)
    {
        var value = Parse(request);
        if (collection.Kind.EndsWith("Review", StringComparison.Ordinal))
        {
            // A question, of which nothing is stored.
            await WriteAsync(context, 201, collection.Admit(value));
            return;
        }

        if (value["metadata"]!["name"] is null && value["metadata"]!["generateName"] is { } stem) value["metadata"]!["name"] = $"{stem}x7k2p";
        var key = ns is null ? NameOf(value) : $"{ns}/{NameOf(value)}";
        if (collection.Find(key) is not null) await FakeApiServerPipeline.StatusAsync(context, 409, "AlreadyExists", $"{collection.Kind} \"{NameOf(value)}\" already exists");
        else if (IsDryRun(request)) await WriteAsync(context, 201, collection.Admit(value));
        else await WriteAsync(context, 201, collection.Put(collection.Admit(value)));
    }

    private async Task ReplaceAsync(HttpContext context, FakeRequest request)
    {
        var value = Parse(request);
        if (collection.Find(Key) is not { } stored)
        {
            await FakeApiServerPipeline.StatusAsync(context, 404, "NotFound", $"{collection.Kind} \"{name}\" not found");
            return;
        }

        var asked = value["metadata"]!["resourceVersion"]?.GetValue<string>();
        if (!string.IsNullOrEmpty(asked) && asked != stored["metadata"]!["resourceVersion"]!.GetValue<string>())
            await FakeApiServerPipeline.StatusAsync(context, 409, "Conflict", "the object has been modified; please apply your changes to the latest version and try again");
        else await WriteAsync(context, 200, collection.Put(value));
    }

    private async Task PatchAsync(HttpContext context, FakeRequest request, Action<JsonObject, JsonNode> patch)
    {
        if (collection.Find(Key) is not { } stored)
        {
            await FakeApiServerPipeline.StatusAsync(context, 404, "NotFound", $"{collection.Kind} \"{name}\" not found");
            return;
        }

        var before = stored["spec"]?.ToJsonString();
        patch(stored, JsonNode.Parse(request.Body)!);

        // The API server counts changes of what is wished.
        if (stored["spec"]?.ToJsonString() != before) stored["metadata"]!["generation"] = long.Parse(stored["metadata"]!["generation"]?.ToString() ?? "0", System.Globalization.CultureInfo.InvariantCulture) + 1;
        await WriteAsync(context, 200, IsDryRun(request) ? stored : collection.Put(stored));
    }

    private static bool IsDryRun(FakeRequest request) => request.Query.GetValueOrDefault("dryRun") == "All";

    private async Task ApplyAsync(HttpContext context, FakeRequest request)
    {
        if (!request.Query.ContainsKey("fieldManager"))
        {
            await FakeApiServerPipeline.StatusAsync(context, 400, "BadRequest", "PatchOptions.meta.k8s.io is invalid: fieldManager: Required value: is required for apply patch");
            return;
        }

        var stored = collection.Find(Key);
        var applied = Parse(request);
        if (await RefuseAsync(context, request, stored, applied)) return;
        var merged = stored ?? new JsonObject { ["metadata"] = new JsonObject() };
        Merge(merged, applied);
        merged["metadata"]!["name"] = name;
        if (ns is not null) merged["metadata"]!["namespace"] = ns;
        await WriteAsync(context, stored is null ? 201 : 200, collection.Put(merged));
    }

    // What is applied may say which object, and which version of it, it means; a subresource makes no object.
    private async Task<bool> RefuseAsync(HttpContext context, FakeRequest request, JsonObject? stored, JsonObject applied)
    {
        var isStatus = request.Path.EndsWith("/status", StringComparison.Ordinal);
        if (isStatus && !collection.HasStatus) await FakeApiServerPipeline.StatusAsync(context, 404, "NotFound", "the server could not find the requested resource");
        else if (isStatus && stored is null) await FakeApiServerPipeline.StatusAsync(context, 404, "NotFound", $"{collection.Kind} \"{name}\" not found");
        else if (new[] { "uid", "resourceVersion" }.Any(field => Differs(applied["metadata"]?[field], stored?["metadata"]?[field]))) await FakeApiServerPipeline.StatusAsync(context, 409, "Conflict", "the object has been modified");
        else return false;
        return true;
    }

    private static bool Differs(JsonNode? asked, JsonNode? stored) => asked is not null && !JsonNode.DeepEquals(asked, stored);

    /// <summary>Fields that are named are set, others stay; lists whose items have names are maps by name, as those of webhooks are.</summary>
    private static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (field, value) in patch)
        {
            if (value is JsonObject child && target[field] is JsonObject old) Merge(old, child);
            else if (value is JsonArray items && target[field] is JsonArray olds && items.Concat(olds).All(item => item is JsonObject named && named.ContainsKey("name"))) MergeByName(olds, items);
            else target[field] = value?.DeepClone();
        }
    }

    private static void MergeByName(JsonArray target, JsonArray patch)
    {
        foreach (var item in patch.Cast<JsonObject>())
        {
            var same = target.Cast<JsonObject>().FirstOrDefault(old => old["name"]!.GetValue<string>() == item["name"]!.GetValue<string>());
            if (same is null) target.Add(item.DeepClone());
            else Merge(same, item);
        }
    }

    private JsonObject Parse(FakeRequest request)
    {
        var value = (JsonObject)JsonNode.Parse(request.Body)!;
        if (ns is not null) (value["metadata"] ??= new JsonObject())["namespace"] = ns;
        return value;
    }

    private static string NameOf(JsonObject value) => value["metadata"]!["name"]!.GetValue<string>();

    private static async Task WriteAsync(HttpContext context, int code, JsonObject value)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(value.ToJsonString());
    }
}
