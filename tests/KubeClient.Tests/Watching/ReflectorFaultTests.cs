using Spanhook.KubeClient.Watching;
using Spanhook.Support;

namespace Spanhook.KubeClient.Tests.Watching;

/// <summary>What a reflector does while the API server fails, and after.</summary>
public sealed class ReflectorFaultTests
{
    [Fact]
    public async Task A_missing_definition_counts_as_synced_and_empty_and_is_asked_for_every_few_seconds()
    {
        await using var watched = await WatchedThings.CreateAsync();
        watched.Things.Remove();
        watched.Start();
        await Eventually.IsTrueAsync(() => watched.Reflector.Status is { IsSynced: true, Phase: ReflectorPhase.Absent } && watched.Lists.Count > 5);
        Assert.Empty(watched.Reflector.Store.Objects);
        Assert.Equal(TimeSpan.Zero, watched.Reflector.Status.Stale);
        Assert.All(watched.Time.Skipped, wait => Assert.InRange(wait, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(8)));
        watched.Put("a");
        watched.Things.Restore();
        await watched.IsEqualAsync();
    }

    [Fact]
    public async Task A_definition_that_is_deleted_takes_its_objects_along_and_they_are_found_when_it_is_back()
    {
        await using var watched = await WatchedThings.WatchingAsync("a", "b");
        watched.Things.Remove();
        await Eventually.IsTrueAsync(() => watched.Reflector.Status.Phase == ReflectorPhase.Absent);
        Assert.Empty(watched.Reflector.Store.Objects);
        watched.Put("c");
        watched.Things.Restore();
        await watched.KnowsAsync("c");
    }

    [Fact]
    public async Task One_404_of_an_API_server_that_starts_forgets_nothing()
    {
        await using var watched = await WatchedThings.WatchingAsync("a");
        var changes = watched.Changes;
        var answers = 0;
        watched.Server.Fault = _ => Interlocked.Increment(ref answers) == 1 ? new FakeFault { Status = 404, Text = "404 page not found" } : null;
        watched.Things.CutWatches();
        await Eventually.IsTrueAsync(() => watched.Watches.Count == 2);
        await watched.WatchesAsync();
        Assert.Equal(changes, watched.Changes);
        Assert.Equal(["a"], watched.Names());
    }

    [Theory]
    [InlineData(401, "Unauthorized")]
    [InlineData(403, "Forbidden")]
    [InlineData(500, "InternalError")]
    [InlineData(503, "ServiceUnavailable")]
    public async Task Whatever_is_refused_what_was_known_stays_and_the_waits_grow_to_half_a_minute(int status, string reason)
    {
        await using var watched = await WatchedThings.WatchingAsync("a");
        watched.Server.Fault = _ => FakeFault.Answer(status, reason);
        watched.Things.CutWatches();
        await Eventually.IsTrueAsync(() => watched.Time.Skipped.Count > 40);
        Assert.Equal(["a"], watched.Names());
        var status2 = watched.Reflector.Status;
        Assert.Contains(reason, status2.Problem, StringComparison.Ordinal);
        Assert.True(status2.IsSynced);
        Assert.True(status2.Stale > TimeSpan.FromMinutes(1), $"{status2.Stale}");
        Assert.All(watched.Time.Skipped, wait => Assert.InRange(wait, Backoff.Shortest, Backoff.Longest));
        Assert.Contains(watched.Time.Skipped, wait => wait > TimeSpan.FromSeconds(10));
        Assert.True(watched.Time.Skipped.Distinct().Count() > 30, "the waits are not jittered");
        watched.Server.Fault = _ => null;
        watched.Put("b");
        await watched.IsEqualAsync();
        await watched.WatchesAsync();
        Assert.Equal(TimeSpan.Zero, watched.Reflector.Status.Stale);
    }

    [Fact]
    public async Task After_a_watch_that_works_the_waits_are_short_again()
    {
        await using var watched = await WatchedThings.WatchingAsync("a");
        var failing = 12;
        watched.Server.Fault = _ => Interlocked.Decrement(ref failing) >= 0 ? FakeFault.Answer(503, "ServiceUnavailable") : null;
        watched.Things.CutWatches();
        await Eventually.IsTrueAsync(() => failing < 0 && watched.Things.OpenWatches == 1);
        watched.Put("b");
        await watched.IsEqualAsync();
        var before = watched.Time.Skipped.Count;
        failing = 1;
        watched.Things.CutWatches();
        await Eventually.IsTrueAsync(() => watched.Time.Skipped.Count >= before + 2);
        Assert.InRange(watched.Time.Skipped[before], Backoff.Shortest, Backoff.Shortest * 2);
    }

    [Fact]
    public async Task A_server_that_asks_for_patience_is_not_asked_before()
    {
        await using var watched = await WatchedThings.CreateAsync();
        watched.Put("a");
        var first = true;
        watched.Server.Fault = _ =>
        {
            if (!first) return null;
            first = false;
            return FakeFault.Answer(429, "TooManyRequests", retryAfterSeconds: 20);
        };
        watched.Start();
        await watched.IsEqualAsync();
        Assert.InRange(Assert.Single(watched.Time.Skipped), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(24));
    }

    [Fact]
    public async Task Fifty_restarts_of_the_API_server_cost_at_most_two_lists_each()
    {
        await using var watched = await WatchedThings.WatchingAsync("a", "b");
        for (var restart = 1; restart <= 50; restart++)
        {
            var lists = watched.Lists.Count;
            await watched.Server.DownAsync();
            watched.Put($"while-down-{restart}");
            if (restart % 2 == 0) watched.Things.Compact(); // an API server whose watch cache starts empty
            await watched.Server.UpAsync();
            await watched.IsEqualAsync();
            await watched.WatchesAsync();
            Assert.InRange(watched.Lists.Count - lists, 1, 2);
        }

        Assert.Equal(52, watched.Reflector.Store.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(700)]
    public async Task A_list_that_breaks_off_is_listed_again(int bytes)
    {
        await using var watched = await WatchedThings.CreateAsync();
        for (var i = 0; i < 20; i++) watched.Put($"thing-{i}");
        watched.Server.Fault = request => request.IsList && watched.Lists.Count == 1 ? new FakeFault { CutAfterBytes = bytes } : null;
        watched.Start();
        await watched.IsEqualAsync();
        Assert.Equal(2, watched.Lists.Count);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"kind":"List","items":[]}""")]
    [InlineData("""{"kind":"Status","metadata":{"resourceVersion":"7"}}""")]
    [InlineData("""{"metadata":{"resourceVersion":"7"},"items":{}}""")]
    [InlineData("""[]""")]
    [InlineData("<html>Log in</html>")]
    public async Task An_answer_that_is_no_list_is_not_taken_for_an_empty_one(string text)
    {
        await using var watched = await WatchedThings.WatchingAsync("a");
        watched.Server.Fault = request => request.IsWatch ? FakeFault.Answer(410, "Gone") : new FakeFault { Status = 200, Text = text };
        watched.Things.CloseWatches();
        await Eventually.IsTrueAsync(() => watched.Reflector.Status.Failures > 4);
        Assert.Equal(["a"], watched.Names());
        watched.Server.Fault = _ => null;
        watched.Put("b");
        await watched.IsEqualAsync();
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("""{"type":"ADDED"}""")]
    [InlineData("""{"type":"SURPRISE","object":{}}""")]
    [InlineData("""{"type":"MODIFIED","object":{"metadata":{}}}""")]
    [InlineData("""{"object":{"metadata":{"name":"x"}}}""")]
    public async Task A_line_that_is_no_event_ends_the_watch_and_another_goes_on(string line)
    {
        await using var watched = await WatchedThings.WatchingAsync("a");
        watched.Things.Send(line);
        await Eventually.IsTrueAsync(() => watched.Watches.Count == 2);
        watched.Put("b");
        await watched.IsEqualAsync();
    }

    [Fact]
    public async Task An_event_longer_than_eight_mebibytes_is_refused_and_a_long_one_below_is_taken()
    {
        await using var watched = await WatchedThings.WatchingAsync("a");
        var large = WatchedThings.Thing("large");
        large["metadata"]!["annotations"] = new System.Text.Json.Nodes.JsonObject { ["x"] = new string('x', 6 * 1024 * 1024) };
        watched.Things.Put(large);
        await watched.KnowsAsync("a", "large");
        watched.Things.Send(new string('y', WatchStream.MaxEvent + 100_000));
        await Eventually.IsTrueAsync(() => watched.Problems.Any(p => p.Message.Contains("longer than", StringComparison.Ordinal)));
        watched.Put("b");
        await watched.IsEqualAsync();
    }

    [Fact]
    public async Task A_server_that_accepts_and_never_answers_is_given_up_after_half_a_minute()
    {
        await using var watched = await WatchedThings.CreateAsync();
        watched.Put("a");
        watched.Server.Fault = _ => watched.Server.Requests.Count == 1 ? FakeFault.Hang : null;
        watched.Start();
        await Eventually.IsTrueAsync(() => watched.Server.Requests.Count == 1);
        watched.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.Single(watched.Server.Requests);
        watched.Time.Advance(TimeSpan.FromSeconds(2));
        await watched.IsEqualAsync();
    }

    [Fact]
    public async Task Whoever_may_list_but_not_watch_still_hears_of_changes()
    {
        await using var watched = await WatchedThings.CreateAsync();
        watched.Put("a");
        watched.Server.Fault = request => request.IsWatch ? FakeFault.Answer(403, "Forbidden") : null;
        watched.Start();
        await watched.KnowsAsync("a");
        watched.Put("b");
        await watched.KnowsAsync("a", "b");
    }
}
