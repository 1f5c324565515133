using Spanhook.Load.Evidence;
using Spanhook.Load.Serving;

namespace Spanhook.Load.Scenarios;

/// <summary>Runs scenarios one after the other, and says what came of them.</summary>
internal sealed class ScenarioRunner(LoadSettings settings)
{
    /// <summary>True when every pass mark holds. A scenario that was skipped has none.</summary>
    public async Task<bool> RunAsync(IReadOnlyList<IScenario> scenarios, CancellationToken cancellation)
    {
        var build = ServerBuild.Inspect(settings.Server);
        var summaries = new List<ScenarioSummary>();
        foreach (var scenario in scenarios)
        {
            await Console.Error.WriteLineAsync($"{scenario.Name}: {scenario.Title}");
            var summary = await RunAsync(scenario, build, cancellation);
            summaries.Add(summary);
            Console.WriteLine(Terminal.Table(summary));
            if (settings.Evidence is { } folder && summary.Skipped is null) await EvidencePage.WriteAsync(folder, summary, settings);
        }

        Console.WriteLine(Terminal.Overview(summaries));
        return summaries.TrueForAll(s => s.Skipped is not null || s.Passes);
    }

    private async Task<ScenarioSummary> RunAsync(IScenario scenario, ServerBuild build, CancellationToken cancellation)
    {
        var start = TimeProvider.System.GetTimestamp();
        var runs = new List<ScenarioResult>();
        for (var i = 0; i < settings.Runs && (i == 0 || runs[0].Skipped is null); i++)
        {
            if (settings.Runs > 1) await Console.Error.WriteLineAsync($"  run {i + 1} of {settings.Runs}");
            runs.Add(await RunOnceAsync(scenario, build, cancellation));
        }

        return new ScenarioSummary(scenario, runs, TimeProvider.System.GetElapsedTime(start));
    }

    private async Task<ScenarioResult> RunOnceAsync(IScenario scenario, ServerBuild build, CancellationToken cancellation)
    {
        if (scenario.Needs.FirstOrDefault(option => !build.Knows(option)) is { } missing) return ScenarioResult.Skip($"this server does not know {missing}");
        await using var context = new ScenarioContext(settings, build, Directory.CreateTempSubdirectory("spanhook-load-").FullName);
        try
        {
            return await scenario.RunAsync(context, cancellation);
        }
#pragma warning disable CA1031 // one scenario that breaks must not keep the others from being run, and it counts as failed
        catch (Exception e) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            await Console.Error.WriteLineAsync($"  {scenario.Name} broke: {e}");
            return new ScenarioResult().Exactly("broken", 1, "", 0).Note($"It broke: {e.GetType().Name}: {e.Message}");
        }
    }
}
