using Spanhook.Server.Hosting;
using Spanhook.Server.Tests.Support;
using Spanhook.Support;

namespace Spanhook.Server.Tests.Hosting;

/// <summary>What runs beside the admissions for ever, and may never end them.</summary>
public sealed class RoundServiceTests
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task What_a_round_throws_is_told_and_the_next_one_is_made()
    {
        var time = new HurriedTime();
        using var rounds = new Rounds(time, round => round == 2 ? throw new InvalidOperationException("no such thing") : Wait);
        await rounds.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.IsTrueAsync(() => rounds.Count > 50);
        await rounds.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal("InvalidOperationException: no such thing", Assert.Single(rounds.Told));
        Assert.True(rounds.ExecuteTask!.IsCompletedSuccessfully);
        var waits = time.Waits.ToList();
        Assert.All(waits, wait => Assert.InRange(wait, Wait * 0.9, Wait * 1.1));
        Assert.True(waits.Distinct().Count() > 10, "all wait alike");
    }

    /// <summary>A cancelled call of the round's own, such as a timeout, is no end of the server.</summary>
    [Fact]
    public async Task A_timeout_of_a_round_is_not_its_end()
    {
        using var rounds = new Rounds(new HurriedTime(), round => round == 1 ? throw new OperationCanceledException() : Wait);
        await rounds.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.IsTrueAsync(() => rounds.Count > 5);
        await rounds.StopAsync(TestContext.Current.CancellationToken);
        Assert.Single(rounds.Told);
    }

    private sealed class Rounds(TimeProvider time, Func<int, TimeSpan> round) : RoundService(time)
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public List<string> Told { get; } = [];

        public override Task<TimeSpan> TickAsync(CancellationToken cancellation) => Task.FromResult(round(Interlocked.Increment(ref _count)));

        protected override TimeSpan Failed(string exception, string? stackTrace)
        {
            Told.Add(exception);
            return Wait;
        }
    }
}
