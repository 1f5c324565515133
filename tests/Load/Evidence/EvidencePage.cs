using System.Globalization;
using System.Text;
using Spanhook.Load.Scenarios;

namespace Spanhook.Load.Evidence;

/// <summary>The page of a scenario and its raw data; docs/evidence/README.md describes both.</summary>
internal static class EvidencePage
{
    public static async Task WriteAsync(string folder, ScenarioSummary summary, LoadSettings settings)
    {
        Directory.CreateDirectory(folder);
        var name = Path.Combine(folder, summary.Scenario.Name);
        await File.WriteAllTextAsync(name + ".md", Page(summary, settings));
        if (summary.Runs.Any(run => run.Histograms.Count > 0)) await File.WriteAllTextAsync(name + ".json", EvidenceJson.Write(summary));
    }

    private static string Page(ScenarioSummary summary, LoadSettings settings)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {summary.Scenario.Name}: {summary.Scenario.Title}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"**{summary.Verdict}**. {Shortened(settings)}{Runs(summary)}Took {summary.Elapsed.TotalSeconds:0} s. Measured on {Machine.Describe()}.\n\n");
        Rows(text, summary);
        foreach (var note in summary.Runs.SelectMany(run => run.Notes).Distinct(StringComparer.Ordinal)) text.Append('\n').Append(note).Append('\n');
        if (summary.Runs.Any(run => run.Histograms.Count > 0))
            text.Append(CultureInfo.InvariantCulture, $"\nAll latencies of all runs: [{summary.Scenario.Name}.json]({summary.Scenario.Name}.json).\n");
        return text.ToString();
    }

    private static void Rows(StringBuilder text, ScenarioSummary summary)
    {
        var rows = summary.Figures.Select(f => Terminal.Row(f, summary.Runs.Count > 1)).Prepend(["figure", "measured", "pass mark", ""]).ToList();
        var widths = Enumerable.Range(0, 4).Select(column => rows.Max(row => row[column].Length)).ToArray();
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            text.Append(CultureInfo.InvariantCulture, $"| {row[0].PadRight(widths[0])} | {row[1].PadLeft(widths[1])} | {row[2].PadLeft(widths[2])} | {row[3].PadRight(widths[3])} |\n");
            if (i == 0) text.Append(CultureInfo.InvariantCulture, $"|{new string('-', widths[0] + 2)}|{new string('-', widths[1] + 1)}:|{new string('-', widths[2] + 1)}:|{new string('-', widths[3] + 2)}|\n");
        }
    }

    private static string Shortened(LoadSettings settings)
    {
        var changes = new List<string>();
        if (settings.Duration is { } duration) changes.Add(string.Create(CultureInfo.InvariantCulture, $"each load lasted {duration.TotalSeconds:0} s"));
        if (settings.Times is { } times) changes.Add(string.Create(CultureInfo.InvariantCulture, $"repeated {times} times"));
        return changes.Count == 0 ? "" : $"Not the length of the plan: {string.Join(", ", changes)}. ";
    }

    private static string Runs(ScenarioSummary summary) => summary.Runs.Count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"{summary.Runs.Count} runs: the median, and the worst. ");
}
