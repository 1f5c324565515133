using System.CommandLine;
using Spanhook.Load.Scenarios;

namespace Spanhook.Load;

/// <summary>The command line.</summary>
internal static class LoadCommand
{
    private const int Failed = 1;
    private const int BadUsage = 2;

    public static RootCommand Create()
    {
        var names = new Argument<string[]>("scenario") { Arity = ArgumentArity.ZeroOrMore, Description = "What to run: load, chaos, or names such as L1,F10; several by commas or blanks. --list shows all." };
        var server = new Option<string>("--server") { HelpName = "PROGRAM", Description = "The server as it is shipped; `make trim` makes it.", DefaultValueFactory = _ => "artifacts/publish/server/spanhook-server" };
        var seconds = new Option<double?>("--seconds") { HelpName = "N", Description = "How long each load lasts, instead of the scenario's own time." };
        var times = new Option<int?>("--times") { HelpName = "N", Description = "How often a scenario does its thing (kills, rotations, hostile reviews), instead of its own number." };
        var runs = new Option<int>("--runs") { HelpName = "N", Description = "Runs each scenario so often; the median has to pass, the worst may have twice the latency.", DefaultValueFactory = _ => 1 };
        var evidence = new Option<string?>("--evidence") { HelpName = "FOLDER", Description = "Writes a page and the raw latencies of each scenario there." };
        var list = new Option<bool>("--list") { Description = "Shows all scenarios and ends." };
        var root = new RootCommand("Load and faults for a Spanhook server, on this machine (Linux only). Exit code 0 when every pass mark holds, 1 when one does not, 2 for bad usage.")
        {
            names, server, seconds, times, runs, evidence, list,
        };
        root.SetAction((result, cancellation) =>
        {
            if (result.GetValue(list)) return Task.FromResult(List());
            var settings = new LoadSettings
            {
                Server = Path.GetFullPath(result.GetValue(server)!),
                Duration = result.GetValue(seconds) is { } duration ? TimeSpan.FromSeconds(duration) : null,
                Times = result.GetValue(times),
                Runs = Math.Max(1, result.GetValue(runs)),
                Evidence = result.GetValue(evidence),
            };
            return RunAsync(settings, result.GetValue(names) ?? [], cancellation);
        });
        return root;
    }

    private static async Task<int> RunAsync(LoadSettings settings, string[] names, CancellationToken cancellation)
    {
        try
        {
            if (!OperatingSystem.IsLinux()) throw new InvalidOperationException("it reads /proc and sends signals, so it runs on Linux only");
            var chosen = names.SelectMany(name => name.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).ToList();
            if (chosen.Count == 0) throw new InvalidOperationException("nothing to run: write load, chaos, or names of scenarios; --list shows all");
            return await new ScenarioRunner(settings).RunAsync(ScenarioCatalog.Named(chosen), cancellation) ? 0 : Failed;
        }
        catch (InvalidOperationException e)
        {
            await Console.Error.WriteLineAsync("spanhook-load: " + e.Message);
            return BadUsage;
        }
    }

    private static int List()
    {
        foreach (var scenario in ScenarioCatalog.Load.Concat(ScenarioCatalog.Chaos))
            Console.WriteLine($"{scenario.Name,-6}{scenario.Title}{(scenario.Needs.Count > 0 ? $" (needs {string.Join(", ", scenario.Needs)})" : "")}");
        return 0;
    }
}
