using Spanhook.Load.Generating;

namespace Spanhook.Load.Serving;

/// <summary>Load that goes on while something else happens, until it is stopped.</summary>
internal sealed class BackgroundLoad : IAsyncDisposable
{
    private static readonly TimeSpan Endless = TimeSpan.FromDays(10);

    private readonly CancellationTokenSource _stop;
    private readonly Task<LoadResult>[] _running;

    private BackgroundLoad(LoadPlan[] plans, CancellationToken cancellation)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _running = [.. plans.Select(plan => LoadGenerator.RunAsync(plan with { Duration = Endless }, _stop.Token))];
    }

    public static BackgroundLoad Start(CancellationToken cancellation, params LoadPlan[] plans) => new(plans, cancellation);

    /// <summary>What came of all the plans together.</summary>
    public async Task<LoadResult> StopAsync()
    {
        await _stop.CancelAsync();
        var results = await Task.WhenAll(_running);
        var sum = new LoadResult { Elapsed = results.Max(r => r.Elapsed) };
        foreach (var result in results) sum.Add(result);
        return sum;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        _stop.Dispose();
    }
}
