using System.Globalization;
using System.Text;
using Spanhook.Load.Scenarios;

namespace Spanhook.Load.Evidence;

/// <summary>Tables for people.</summary>
internal static class Terminal
{
    public static string Table(ScenarioSummary summary)
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"{summary.Verdict} {summary.Scenario.Name} ({summary.Elapsed.TotalSeconds:0} s)\n"));
        if (summary.Skipped is { } reason) return text.Append("  ").Append(reason).Append('\n').ToString();
        var rows = summary.Figures.Select(f => Row(f, summary.Runs.Count > 1)).ToList();
        var widths = Enumerable.Range(0, 3).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows) text.Append("  ").Append(row[0].PadRight(widths[0])).Append("  ").Append(row[1].PadLeft(widths[1])).Append("  ").Append(row[2].PadLeft(widths[2])).Append("  ").Append(row[3]).Append('\n');
        foreach (var note in summary.Runs.SelectMany(run => run.Notes).Distinct(StringComparer.Ordinal)) text.Append("  ").Append(note).Append('\n');
        return text.ToString();
    }

    public static string Overview(IReadOnlyList<ScenarioSummary> summaries)
    {
        var text = new StringBuilder();
        foreach (var summary in summaries) text.Append(CultureInfo.InvariantCulture, $"{summary.Verdict,-8}{summary.Scenario.Name,-6}{summary.Scenario.Title}{(summary.Skipped is { } reason ? $" ({reason})" : "")}\n");
        return text.Append(CultureInfo.InvariantCulture, $"{summaries.Count(s => s.Passes)} passed, {summaries.Count(s => s.Verdict == "FAIL")} failed, {summaries.Count(s => s.Skipped is not null)} skipped").ToString();
    }

    /// <summary>Name, value, pass mark, verdict.</summary>
    public static string[] Row(FigureSummary figure, bool withWorst)
    {
        var unit = figure.Median.Unit.Length == 0 ? "" : " " + figure.Median.Unit;
        var value = Figure.Text(figure.Median.Value) + unit;
        if (withWorst) value += $" (worst {Figure.Text(figure.Worst)}{unit})";
        return figure.Median.Mark.Kind == MarkKind.None
            ? [figure.Median.Name, value, "", ""]
            : [figure.Median.Name, value, figure.Median.Mark + unit, figure.Passes ? "PASS" : "FAIL"];
    }
}
