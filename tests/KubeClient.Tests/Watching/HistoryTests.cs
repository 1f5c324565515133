using Spanhook.Support;

namespace Spanhook.KubeClient.Tests.Watching;

/// <summary>Random histories of changes and faults: whatever happened, in the end the store is what the server has.</summary>
public sealed class HistoryTests
{
    private const int Histories = 1000;
    private const int Steps = 30;

    [Fact]
    public async Task No_update_is_missed_in_a_thousand_histories()
    {
        await using var server = await FakeApiServer.StartAsync();
        var faults = new System.Collections.Concurrent.ConcurrentDictionary<string, FakeFault>(StringComparer.Ordinal);
        server.Fault = request => faults.TryRemove(request.Path, out var fault) ? fault : null;
        var options = new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken };
        await Parallel.ForAsync(0, Histories, options, async (seed, _) =>
        {
            await using var watched = WatchedThings.On(server, $"/apis/opentelemetry.io/v1alpha1/instrumentations-{seed}", seed);
            await PlayAsync(watched, new Random(seed), fault => faults[watched.Things.Path] = fault);
        });
    }

    private static async Task PlayAsync(WatchedThings watched, Random random, Action<FakeFault> fail)
    {
        for (var i = random.Next(10); i > 0; i--) watched.Put($"thing-{i}");
        watched.Start();
        var backup = watched.Things.Copy();
        for (var step = 0; step < Steps; step++)
        {
            var name = $"thing-{random.Next(8)}";
            switch (random.Next(18))
            {
                case <= 4: watched.Put(name); break;
                case <= 6: watched.Things.Delete($"shop/{name}"); break;
                case 7: watched.Things.CutWatches(); break;
                case 8: watched.Things.CloseWatches(); break;
                case 9: watched.Things.Compact(); break;
                case 10: watched.Things.SendError(410, "Expired"); break;
                case 11: watched.Things.SendError(500, "InternalError"); break;
                case 12: watched.Things.SendBookmark(); break;
                case 13: watched.Things.SilenceWatches(); break;
                case 14: fail(random.Next(2) == 0 ? FakeFault.Break : new FakeFault { CutAfterBytes = random.Next(400) }); break;
                case 15: fail(FakeFault.Answer(random.Next(4) switch { 0 => 429, 1 => 503, 2 => 410, _ => 404 }, "Scripted")); break;
                case 16 when random.Next(3) == 0: watched.Things.Replace(backup); break;
                case 17 when random.Next(3) == 0:
                    watched.Things.Remove();
                    await Task.Yield();
                    watched.Things.Restore();
                    break;
                default: backup = watched.Things.Copy(); break;
            }

            // Sometimes the reflector gets to act in between, sometimes everything happens at once.
            if (random.Next(3) == 0) await Eventually.IsTrueAsync(() => true);
            if (random.Next(5) == 0) await Eventually.HappensWithinAsync(() => watched.Things.OpenWatches > 0, ticks: 5);
        }

        // What was lost in silence is found when the silence has lasted too long.
        for (var minute = 0; minute < 5 && !watched.IsEqual(); minute++)
        {
            watched.Time.Advance(TimeSpan.FromSeconds(60));
            await Eventually.HappensWithinAsync(watched.IsEqual, ticks: 200);
        }

        await watched.IsEqualAsync();
    }
}
