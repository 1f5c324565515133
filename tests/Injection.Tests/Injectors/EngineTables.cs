using System.Text;
using Spanhook.Injection.Injectors;
using Spanhook.Injection.Injectors.Engines;

namespace Spanhook.Injection.Tests.Injectors;

/// <summary>The part of the README that tells of engines, written from the data that decides.</summary>
internal static class EngineTables
{
    public const string Begin = "<!-- engines: make golden writes this part -->";
    public const string End = "<!-- /engines -->";

    /// <summary>The README with this part as it must be.</summary>
    public static string Replace(string readme)
    {
        var begin = readme.IndexOf(Begin, StringComparison.Ordinal);
        var end = readme.IndexOf(End, StringComparison.Ordinal);
        Assert.True(begin >= 0 && end > begin, $"README.md has lost one of the lines '{Begin}' and '{End}'");
        return $"{readme[..begin]}{Begin}\n\n{Engines()}\n{Untraced()}\n{Releases()}\n{readme[end..]}";
    }

    private static string Engines()
    {
        var table = new StringBuilder("| product | `inject-…` | versions traced | what is added | OTLP | limits |\n| --- | --- | --- | --- | --- | --- |\n");
        foreach (var guide in InjectorGuide.All.Where(guide => guide.IsEngine))
            Row(table, guide.Product!, Code(guide.Name) + (guide.IsOptIn ? ", not by `inject-engine`" : ""), guide.Versions ?? "not known", guide.Adds!, string.Join(", ", guide.Protocols), guide.Limits ?? "");
        return table.ToString();
    }

    private static string Untraced()
    {
        var list = new StringBuilder("Recognized, and left alone:\n\n");
        foreach (var (name, why) in OtherPrograms.Untraced) list.Append("- ").Append(Code(name)).Append(": ").Append(why).Append('\n');
        return list.ToString();
    }

    private static string Releases()
    {
        var table = new StringBuilder("What is done with each release, and how it is known to be right:\n\n| `inject-…` | release | | evidence |\n| --- | --- | --- | --- |\n");
        foreach (var engine in EngineCatalog.All)
        {
            foreach (var releases in engine.Releases)
            {
                for (var line = 0; line < releases.Lines.Count; line++)
                    Row(table, releases.Image is { } image ? $"{Code(engine.Name)}, image {image}" : Code(engine.Name), releases.Range(line), releases.Lines[line].Reason is { } reason ? Code(reason.Code) : "traced", releases.Lines[line].Evidence);
            }
        }

        return table.ToString();
    }

    // A bar would end the cell.
    private static void Row(StringBuilder table, params string[] cells) =>
        table.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");

    private static string Code(string text) => $"`{text}`";
}
