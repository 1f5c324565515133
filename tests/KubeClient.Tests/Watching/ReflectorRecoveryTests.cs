using Spanhook.KubeClient.Watching;

namespace Spanhook.KubeClient.Tests.Watching;

/// <summary>The table of <see cref="ReflectorRecovery"/>, as far as an API server that restarts walks through it.</summary>
public sealed class ReflectorRecoveryTests
{
    private static readonly ReflectorState Watching = ReflectorState.Watching("7");

    [Fact]
    public void Refusals_of_a_server_that_came_back_are_waited_for_as_if_it_had_never_been_away()
    {
        var backoff = new Backoff(new Random(1));
        for (var i = 0; i < 100; i++) backoff.Next(isUnreachable: true);

        Assert.InRange(backoff.Next(), Backoff.Shortest, Backoff.Shortest * 2);
        for (var i = 0; i < 100; i++) Assert.InRange(backoff.Next(), Backoff.Shortest, Backoff.Longest);
        Assert.InRange(backoff.Next(isUnreachable: true), Backoff.Shortest, Backoff.LongestUnreachable);
    }

    [Fact]
    public void A_server_that_only_refuses_is_asked_less_and_less()
    {
        var backoff = new Backoff(new Random(1));
        var waits = Enumerable.Range(0, 200).Select(_ => backoff.Next()).ToList();

        Assert.True(waits.Max() > Backoff.LongestUnreachable * 2);
        Assert.Equal(200, backoff.Failures);
    }

    [Fact]
    public void A_watch_that_is_refused_because_the_server_is_busy_is_asked_for_again_without_a_list_in_between()
    {
        var recovery = new ReflectorRecovery(new Backoff(new Random(1)));

        Assert.Equal(Watching, recovery.After(Watching, Refusal(429), objects: 1).Next);
        Assert.Equal(Watching, recovery.After(Watching, Refusal(429), objects: 1).Next);
        Assert.Equal(ReflectorState.Start, recovery.After(Watching, Refusal(429), objects: 1).Next);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(403)]
    [InlineData(500)]
    [InlineData(503)]
    public void A_watch_that_ends_otherwise_is_verified_first(int status) =>
        Assert.Equal(ReflectorState.Verifying("7"), new ReflectorRecovery(new Backoff(new Random(1))).After(Watching, Refusal(status), objects: 1).Next);

    private static ApiServerException Refusal(int status) => new(status, "Refused", "no");
}
