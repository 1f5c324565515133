using System.Runtime.CompilerServices;

namespace Spanhook.Support;

/// <summary>For what happens on other threads, or over a socket, and tells nobody when it has.</summary>
public static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(2);

    /// <summary>Far above what anything takes on a busy machine.</summary>
    private const int Attempts = 15_000;

    public static async Task IsTrueAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string? what = null)
    {
        using var ticks = new PeriodicTimer(Interval);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (condition()) return;
            await ticks.WaitForNextTickAsync();
        }

        Assert.Fail($"never: {what}");
    }

    /// <summary>Gives it a few moments; true when it happened.</summary>
    public static async Task<bool> HappensWithinAsync(Func<bool> condition, int ticks)
    {
        using var clock = new PeriodicTimer(Interval);
        for (var tick = 0; tick < ticks && !condition(); tick++) await clock.WaitForNextTickAsync();
        return condition();
    }
}
