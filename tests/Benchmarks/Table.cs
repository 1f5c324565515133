using System.Text;

namespace Spanhook.Benchmarks;

/// <summary>A Markdown table whose columns line up in a terminal too.</summary>
internal sealed class Table(params string[] header)
{
    private readonly List<string[]> _rows = [header];

    public void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>A figure, marked when it is over its budget.</summary>
    public static string Marked(string figure, bool isWithinBudget) => isWithinBudget ? figure : $"**{figure}** (over)";

    public override string ToString()
    {
        var widths = Enumerable.Range(0, header.Length).Select(column => _rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in _rows)
        {
            text.Append('|');
            for (var column = 0; column < row.Length; column++)
            {
                text.Append(' ').Append(column == 0 ? row[column].PadRight(widths[column]) : row[column].PadLeft(widths[column])).Append(" |");
            }

            text.Append('\n');
            if (row != header) continue;
            text.Append('|').AppendJoin('|', widths.Select((width, column) => column == 0 ? new string('-', width + 2) : new string('-', width + 1) + ":")).Append("|\n");
        }

        return text.ToString();
    }
}
