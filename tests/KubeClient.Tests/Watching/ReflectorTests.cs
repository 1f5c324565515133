using System.Text.Json.Nodes;
using Spanhook.Support;

namespace Spanhook.KubeClient.Tests.Watching;

/// <summary>The machine of list and watch, each of its transitions against a scripted API server.</summary>
public sealed class ReflectorTests
{
    [Fact]
    public async Task What_is_there_is_listed_and_what_happens_then_is_watched()
    {
        await using var watched = await WatchedThings.WatchingAsync("a", "b");
        Assert.Equal(["a", "b"], watched.Names());
        watched.Put("c");
        watched.Things.Delete("shop/a");
        watched.Put("b");
        await watched.IsEqualAsync();
        Assert.Equal(["b", "c"], watched.Names());
        Assert.Single(watched.Lists);
        var watch = Assert.Single(watched.Watches);
        Assert.Equal("1002", watch.Query["resourceVersion"]);
        Assert.Equal("true", watch.Query["allowWatchBookmarks"]);
        Assert.InRange(int.Parse(watch.Query["timeoutSeconds"], null), 240, 480);
        Assert.Equal(3, watched.Reflector.Status.Events);
    }

    [Fact]
    public async Task A_list_is_read_in_pages_that_end_where_the_server_says()
    {
        await using var watched = await WatchedThings.CreateAsync();
        for (var i = 0; i < 1203; i++) watched.Put($"thing-{i}");
        watched.Start();
        await watched.IsEqualAsync();
        var pages = watched.Server.Requests.Where(r => !r.IsWatch).ToList();
        Assert.Equal(3, pages.Count);
        Assert.All(pages, page => Assert.Equal("500", page.Query["limit"]));
        Assert.All(pages, page => Assert.DoesNotContain("resourceVersion", page.Query.Keys));
    }

    [Fact]
    public async Task A_page_that_expired_makes_the_list_begin_anew_in_one_answer()
    {
        await using var watched = await WatchedThings.CreateAsync();
        for (var i = 0; i < 600; i++) watched.Put($"thing-{i}");
        watched.Server.Fault = request =>
        {
            if (request.Query.ContainsKey("continue")) watched.Things.Compact();
            return null;
        };
        watched.Start();
        await watched.IsEqualAsync();
        Assert.Equal(2, watched.Lists.Count);
        Assert.DoesNotContain("limit", watched.Lists[1].Query.Keys);
        Assert.Empty(watched.Time.Skipped);
    }

    [Fact]
    public async Task Until_a_new_list_is_whole_readers_see_what_was_known()
    {
        await using var watched = await WatchedThings.WatchingAsync("a");
        for (var i = 0; i < 600; i++) watched.Put($"thing-{i}");
        await watched.IsEqualAsync();
        var seen = new List<int>();
        watched.Server.Fault = request =>
        {
            if (request.Query.ContainsKey("continue")) seen.Add(watched.Reflector.Store.Count);
            return null;
        };
        for (var i = 0; i < 600; i++) watched.Things.Delete($"shop/thing-{i}");
        await watched.IsEqualAsync();
        for (var i = 0; i < 700; i++) watched.Put($"other-{i}");
        await watched.IsEqualAsync();
        var known = watched.Reflector.Store.Objects;
        watched.Things.Compact();
        watched.Things.CutWatches();
        watched.Put("late");
        watched.Things.Compact();
        await watched.IsEqualAsync();
        Assert.Equal([701], seen.Distinct());
        Assert.Superset(known.ToHashSet(ReferenceEqualityComparer.Instance), watched.Reflector.Store.Objects.ToHashSet(ReferenceEqualityComparer.Instance)); // the same instances: what was derived of them stays good
    }

    [Fact]
    public async Task A_410_at_the_opening_of_a_watch_lists_anew_at_once()
    {
        await using var watched = await WatchedThings.WatchingAsync("a");
        watched.Server.Fault = request => request.IsWatch && watched.Lists.Count < 2 ? FakeFault.Answer(410, "Expired") : null;
        watched.Things.CloseWatches();
        watched.Put("b");
        await watched.IsEqualAsync();
        await watched.WatchesAsync();
        Assert.InRange(watched.Lists.Count, 2, 3);
    }

    [Fact]
    public async Task A_410_in_the_stream_lists_anew_at_once()
    {
        await using var watched = await WatchedThings.WatchingAsync("a");
        watched.Things.SilenceWatchesBut(() => watched.Things.SendError(410, "Expired"));
        watched.Put("b");
        await watched.KnowsAsync("a", "b");
        Assert.Equal(2, watched.Lists.Count);
        Assert.Empty(watched.Time.Skipped);
    }

    [Fact]
    public async Task Bookmarks_move_the_version_that_the_next_watch_starts_from()
    {
        await using var watched = await WatchedThings.WatchingAsync("a");
        var others = watched.Server.Serve("/api/v1/others", "Other");
        for (var i = 0; i < 10; i++) others.Put(WatchedThings.Thing("other"));
        watched.Things.SendBookmark();
        watched.Things.CloseWatches();
        await Eventually.IsTrueAsync(() => watched.Watches.Count == 2);
        Assert.Equal("1011", watched.Watches[1].Query["resourceVersion"]);
    }

    [Fact]
    public async Task A_broken_connection_is_watched_on_from_where_it_broke()
    {
        await using var watched = await WatchedThings.WatchingAsync("a");
        watched.Put("b");
        await watched.IsEqualAsync();
        watched.Things.CutWatches();
        watched.Put("c");
        await watched.IsEqualAsync();
        Assert.Equal(["1001", "1002"], watched.Watches.Select(w => w.Query["resourceVersion"]));
        Assert.Equal(["500", "1"], watched.Lists.Select(l => l.Query["limit"])); // the second only asks whether the server went back in time
    }

    [Fact]
    public async Task A_silent_watch_is_opened_anew_within_a_minute_and_nothing_is_missed()
    {
        await using var watched = await WatchedThings.WatchingAsync("a");
        watched.Things.SilenceWatches();
        watched.Put("b");
        watched.Time.Advance(TimeSpan.FromSeconds(49));
        Assert.Single(watched.Watches);
        watched.Time.Advance(TimeSpan.FromSeconds(2));
        await watched.KnowsAsync("a", "b");
        Assert.Single(watched.Lists);
    }

    [Fact]
    public async Task A_restore_from_a_backup_is_noticed_though_its_watches_would_stay_silent()
    {
        await using var watched = await WatchedThings.WatchingAsync("a");
        var backup = watched.Server.Backup();
        foreach (var name in (string[])["b", "c", "d", "e"]) watched.Put(name);
        await watched.IsEqualAsync();
        watched.Server.Restore(backup);
        watched.Put("f");
        await watched.KnowsAsync("a", "f");
        await watched.WatchesAsync();
        watched.Put("g");
        await watched.IsEqualAsync();
    }

    [Fact]
    public async Task A_bookmark_of_an_earlier_version_lists_anew()
    {
        await using var watched = await WatchedThings.WatchingAsync("a");
        watched.Things.SilenceWatchesBut(() => watched.Things.SendBookmark(7));
        watched.Put("b");
        await watched.KnowsAsync("a", "b");
        Assert.Equal(2, watched.Lists.Count);
    }

    [Fact]
    public async Task An_object_that_cannot_be_read_is_reported_and_its_last_version_kept_while_the_others_go_on()
    {
        await using var watched = await WatchedThings.WatchingAsync("a", "b");
        var broken = WatchedThings.Thing("a");
        broken["spec"] = new JsonObject { ["propagators"] = "no list" };
        watched.Things.Put(broken);
        watched.Things.Put(new JsonObject { ["metadata"] = new JsonObject { ["name"] = "new", ["namespace"] = "shop" }, ["spec"] = 3 });
        watched.Put("c");
        await watched.KnowsAsync("a", "b", "c");
        Assert.Equal("http://collector:4318", watched.Reflector.Store.Objects.Single(o => o.Metadata.Name == "a").Spec.Exporter!.Endpoint);
        Assert.Equal(["shop/a", "shop/new"], watched.Problems.Select(p => p.Object));
        Assert.Contains("last readable version is kept", watched.Problems.First().Message, StringComparison.Ordinal);
        Assert.Single(watched.Watches);
        watched.Things.Delete("shop/a");
        await watched.KnowsAsync("b", "c");
    }

    [Fact]
    public async Task An_object_that_cannot_be_read_in_a_list_leaves_the_others()
    {
        await using var watched = await WatchedThings.CreateAsync();
        watched.Put("a");
        watched.Things.Put(new JsonObject { ["metadata"] = new JsonObject { ["name"] = "bad", ["namespace"] = "shop" }, ["spec"] = new JsonArray() });
        watched.Put("c");
        watched.Start();
        await watched.KnowsAsync("a", "c");
        Assert.Equal("shop/bad", Assert.Single(watched.Problems).Object);
    }
}
