using System.Diagnostics;

namespace Spanhook.EndToEnd.Support;

/// <summary>Waits for what another process does in its own time.</summary>
internal static class Soon
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks until the answer is yes. Gives how long that took.</summary>
    /// <param name="what">Shown when it does not happen.</param>
    public static async Task<TimeSpan> TrueAsync(string what, TimeSpan patience, Func<Task<bool>> ask)
    {
        var watch = Stopwatch.StartNew();
        while (!await ask())
        {
            if (watch.Elapsed > patience) throw new TimeoutException($"not within {patience.TotalSeconds:0.#} s: {what}");
            await Task.Delay(Pause);
        }

        return watch.Elapsed;
    }

    /// <summary>Asks until there is an answer.</summary>
    public static async Task<T> GetAsync<T>(string what, TimeSpan patience, Func<Task<T?>> ask)
        where T : class
    {
        T? answer = null;
        await TrueAsync(what, patience, async () => (answer = await ask()) is not null);
        return answer!;
    }
}
