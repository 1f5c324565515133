using Spectre.Console;

namespace Spanhook.Cli.Reporting;

/// <summary>Rows under headings: a table on a terminal, kubectl's aligned columns in a pipe.</summary>
internal static class TextTable
{
    public static void Write(Terminal terminal, IReadOnlyList<string> headings, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        if (terminal.HasColours) WriteTable(terminal, headings, rows);
        else WriteColumns(terminal.Out, headings, rows);
    }

    private static void WriteTable(Terminal terminal, IReadOnlyList<string> headings, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var heading in headings) table.AddColumn(new TableColumn(new Text(heading, new Style(decoration: Decoration.Bold))));
        foreach (var row in rows) table.AddRow(row.Select(cell => new Text(cell)));
        terminal.Styled(terminal.Width).Write(table);
    }

    private static void WriteColumns(TextWriter output, IReadOnlyList<string> headings, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        IReadOnlyList<string>[] all = [headings, .. rows];
        foreach (var row in all)
        {
            var cells = row.Select((cell, column) => column == row.Count - 1 ? cell : cell.PadRight(all.Max(other => other[column].Length) + 3));
            output.Write(string.Concat(cells) + "\n");
        }
    }
}
