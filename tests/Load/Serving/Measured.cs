using Spanhook.Load.Generating;

namespace Spanhook.Load.Serving;

/// <summary>A load, and what the server used for it.</summary>
/// <param name="Load">What came of it.</param>
/// <param name="Cores">CPU time per time.</param>
/// <param name="PeakMiB">The highest resident memory meanwhile.</param>
internal sealed record Measured(LoadResult Load, double Cores, double PeakMiB)
{
    public static async Task<Measured> RunAsync(Webhook webhook, LoadPlan plan, CancellationToken cancellation)
    {
        webhook.Figures.ForgetPeak();
        var before = webhook.Figures.CpuTime;
        var load = await LoadGenerator.RunAsync(plan, cancellation);
        return new Measured(load, (webhook.Figures.CpuTime - before) / load.Elapsed, webhook.Figures.PeakMiB);
    }
}
