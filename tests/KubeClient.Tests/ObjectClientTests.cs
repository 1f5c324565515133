using System.Text.Json.Nodes;
using Spanhook.KubeClient.Configuration;
using Spanhook.Support;

namespace Spanhook.KubeClient.Tests;

/// <summary>Objects of any kind as JSON: pages, patches, dry runs.</summary>
public sealed class ObjectClientTests
{
    private const string Path = "/apis/example.com/v1/things";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_object_is_given_once_page_after_page()
    {
        await using var server = await ServerAsync(1203);
        using var client = Client(server);
        var names = await ListAsync(client);
        Assert.Equal((1203, 1203), (names.Count, names.Distinct().Count()));
        Assert.Equal(3, server.Requests.Count);
        Assert.All(server.Requests, request => Assert.Equal("500", request.Query["limit"]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_page_that_expired_is_followed_by_a_new_list_without_repeating(int times)
    {
        await using var server = await ServerAsync(1203);
        server.Fault = request => request.Query.ContainsKey("continue") && times-- > 0 ? FakeFault.Answer(410, "Expired") : null;
        using var client = Client(server);
        var names = await ListAsync(client);
        Assert.Equal((1203, 1203), (names.Count, names.Distinct().Count()));
    }

    [Fact]
    public async Task Pages_that_expire_again_and_again_end_with_the_error()
    {
        await using var server = await ServerAsync(1203);
        server.Fault = request => request.Query.ContainsKey("continue") ? FakeFault.Answer(410, "Expired") : null;
        using var client = Client(server);
        var error = await Assert.ThrowsAsync<ApiServerException>(() => ListAsync(client));
        Assert.Equal(410, error.Status);
    }

    [Fact]
    public async Task Metadata_alone_can_be_asked_for()
    {
        await using var server = await ServerAsync(1);
        using var client = Client(server);
        var items = new List<JsonObject>();
        await new ObjectClient(client).ListAsync(Path, items.Add, metadataOnly: true, Cancellation);
        Assert.Null(Assert.Single(items)["spec"]);
        Assert.Contains("as=PartialObjectMetadataList", server.Requests[0].Header("Accept"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_an_API_server_that_cannot_be_reached()
    {
        await using var server = await ServerAsync(3);
        server.Fault = _ => new FakeFault { CutAfterBytes = 40 };
        using var client = Client(server);
        Assert.Equal(ApiServerException.Unreachable, (await Assert.ThrowsAsync<ApiServerException>(() => ListAsync(client))).Reason);
    }

    [Fact]
    public async Task What_is_no_list_is_an_invalid_answer()
    {
        await using var server = await ServerAsync(3);
        server.Fault = _ => new FakeFault { Status = 200, Text = "{}" };
        using var client = Client(server);
        Assert.Equal(ApiServerException.InvalidAnswer, (await Assert.ThrowsAsync<ApiServerException>(() => ListAsync(client))).Reason);
    }

    [Theory]
    [InlineData(PatchKind.Merge, "application/merge-patch+json")]
    [InlineData(PatchKind.Strategic, "application/strategic-merge-patch+json")]
    public async Task A_patch_says_what_it_is_and_whose(PatchKind kind, string contentType)
    {
        await using var server = await ServerAsync(1);
        using var client = Client(server);
        var patch = new JsonObject { ["spec"] = new JsonObject { ["size"] = 2, ["gone"] = null } };
        var changed = await new ObjectClient(client).PatchAsync("/apis/example.com/v1/namespaces/ml/things/t0000", patch, kind, new WriteOptions("me"), Cancellation);
        Assert.Equal("""{"size":2}""", changed["spec"]!.ToJsonString());
        Assert.Equal(changed["metadata"]!["resourceVersion"]!.GetValue<string>(), server.Collection(Path).State["ml/t0000"]);
        var request = server.Requests.Single();
        Assert.Equal((contentType, "me", false), (request.Header("Content-Type"), request.Query["fieldManager"], request.Query.ContainsKey("dryRun")));
    }

    [Fact]
    public async Task A_dry_run_is_answered_and_not_stored()
    {
        await using var server = await ServerAsync(1);
        using var client = Client(server);
        var objects = new ObjectClient(client);
        var before = server.Collection(Path).State["ml/t0000"];
        await objects.PatchAsync("/apis/example.com/v1/namespaces/ml/things/t0000", new JsonObject { ["spec"] = new JsonObject { ["size"] = 3 } }, PatchKind.Merge, new WriteOptions("me", IsDryRun: true), Cancellation);
        await objects.CreateAsync("/apis/example.com/v1/namespaces/ml/things", new JsonObject { ["metadata"] = new JsonObject { ["name"] = "new" } }, new WriteOptions("me", IsDryRun: true), Cancellation);
        Assert.Equal(before, server.Collection(Path).State["ml/t0000"]);
        Assert.Null(server.Collection(Path).Find("ml/new"));
    }

    [Fact]
    public async Task A_page_that_is_no_JSON_is_given_as_text()
    {
        await using var server = await ServerAsync(0);
        server.Fault = _ => new FakeFault { Status = 200, Text = "# HELP x\nx 1\n" };
        using var client = Client(server);
        Assert.Equal("# HELP x\nx 1\n", await new ObjectClient(client).GetTextAsync("/api/v1/namespaces/a/pods/b:9464/proxy/metrics", Cancellation));
    }

    private static async Task<FakeApiServer> ServerAsync(int objects)
    {
        var server = await FakeApiServer.StartAsync();
        var things = server.Serve(Path, "Thing");
        for (var i = 0; i < objects; i++)
            things.Put(new JsonObject { ["metadata"] = new JsonObject { ["name"] = $"t{i:0000}", ["namespace"] = i % 2 == 0 ? "ml" : "ml-2" }, ["spec"] = new JsonObject { ["size"] = 1, ["gone"] = 1 } });
        return server;
    }

    private static async Task<List<string>> ListAsync(ApiServerClient client)
    {
        var names = new List<string>();
        await new ObjectClient(client).ListAsync(Path, item => names.Add(item["metadata"]!["namespace"] + "/" + item["metadata"]!["name"]), metadataOnly: false, Cancellation);
        return names;
    }

    private static ApiServerClient Client(FakeApiServer server) => new(new ApiServerConfig { Server = server.Url, Login = new Login { Token = "t" } }, TimeProvider.System);
}
