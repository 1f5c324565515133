using System.Globalization;

namespace Spanhook.Cli.Diffing;

/// <summary>What a line of a diff is.</summary>
internal enum DiffLineKind
{
    Hunk,
    Same,
    Removed,
    Added,
}

/// <summary>A line of a diff, with its sign.</summary>
internal readonly record struct DiffLine(DiffLineKind Kind, string Text);

/// <summary>The unified diff of two texts, as <c>diff -u</c> writes it: the fewest changes, three lines around each.</summary>
internal static class UnifiedDiff
{
    private const int Context = 3;

    /// <summary>The hunks; none when the texts are the same. Both texts are empty or end in a line break.</summary>
    public static IReadOnlyList<DiffLine> Of(string before, string after)
    {
        var (old, now) = (Lines(before), Lines(after));
        var edits = Edits(old, now);
        var lines = new List<DiffLine>();
        for (var at = 0; at < edits.Count;)
        {
            var first = edits.FindIndex(at, edit => edit.Kind != DiffLineKind.Same);
            if (first < 0) break;
            var end = EndOfHunk(edits, first);
            WriteHunk(lines, edits[Math.Max(at, first - Context)..end]);
            at = end;
        }

        return lines;
    }

    private static string[] Lines(string text) => text.Length == 0 ? [] : text.TrimEnd('\n') is var body ? [.. body.Split('\n'), .. Enumerable.Repeat("", text.Length - body.Length - 1)] : [];

    /// <summary>Behind the last change that is near the one before it, and behind the lines that follow it.</summary>
    private static int EndOfHunk(List<Edit> edits, int first)
    {
        var last = first;
        for (var i = first; i < edits.Count && i - last <= (2 * Context) + 1; i++)
        {
            if (edits[i].Kind != DiffLineKind.Same) last = i;
        }

        return Math.Min(edits.Count, last + 1 + Context);
    }

    private static void WriteHunk(List<DiffLine> lines, List<Edit> edits)
    {
        var (old, now) = (edits.Count(edit => edit.Kind != DiffLineKind.Added), edits.Count(edit => edit.Kind != DiffLineKind.Removed));
        lines.Add(new DiffLine(DiffLineKind.Hunk, $"@@ -{Range(edits[0].Old, old)} +{Range(edits[0].New, now)} @@"));
        foreach (var edit in edits)
        {
            var sign = edit.Kind switch
            {
                DiffLineKind.Removed => '-',
                DiffLineKind.Added => '+',
                _ => ' ',
            };
            lines.Add(new DiffLine(edit.Kind, sign + edit.Text));
        }
    }

    // Lines count from 1; an empty range names the line before it.
    private static string Range(int start, int count) => count switch
    {
        0 => string.Create(CultureInfo.InvariantCulture, $"{start},0"),
        1 => string.Create(CultureInfo.InvariantCulture, $"{start + 1}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{start + 1},{count}"),
    };

    /// <summary>The shortest way from one text to the other (Myers 1986), removals before additions.</summary>
    private static List<Edit> Edits(string[] old, string[] now)
    {
        var edits = new List<Edit>(old.Length + now.Length);
        var (x, y) = (old.Length, now.Length);
        foreach (var (d, furthest) in Search(old, now).Index().Reverse())
        {
            var (previousX, previousY) = Previous(furthest, d, x - y);
            while (x > previousX && y > previousY) edits.Add(new Edit(DiffLineKind.Same, --x, --y, old[x]));
            if (d == 0) break;
            if (x > previousX) edits.Add(new Edit(DiffLineKind.Removed, --x, y, old[x]));
            else edits.Add(new Edit(DiffLineKind.Added, x, --y, now[y]));
        }

        edits.Reverse();
        return edits;
    }

    /// <summary>For each number of changes, how far the old text was followed on each diagonal before that change.</summary>
    private static List<Dictionary<int, int>> Search(string[] old, string[] now)
    {
        var (steps, furthest) = (new List<Dictionary<int, int>>(), new Dictionary<int, int> { [1] = 0 });
        for (var d = 0; ; d++)
        {
            steps.Add(new Dictionary<int, int>(furthest));
            for (var diagonal = -d; diagonal <= d; diagonal += 2)
            {
                var x = IsDown(furthest, d, diagonal) ? furthest[diagonal + 1] : furthest[diagonal - 1] + 1;
                while (x < old.Length && x - diagonal < now.Length && old[x] == now[x - diagonal]) x++;
                furthest[diagonal] = x;
                if (x >= old.Length && x - diagonal >= now.Length) return steps;
            }
        }
    }

    private static (int X, int Y) Previous(Dictionary<int, int> furthest, int d, int diagonal)
    {
        if (d == 0) return (0, 0);
        var from = IsDown(furthest, d, diagonal) ? diagonal + 1 : diagonal - 1;
        return (furthest[from], furthest[from] - from);
    }

    private static bool IsDown(Dictionary<int, int> furthest, int d, int diagonal) =>
        diagonal == -d || (diagonal != d && furthest[diagonal - 1] < furthest[diagonal + 1]);

    /// <param name="Kind">What happens.</param>
    /// <param name="Old">How many old lines stand before it.</param>
    /// <param name="New">How many new lines stand before it.</param>
    /// <param name="Text">The line.</param>
    private readonly record struct Edit(DiffLineKind Kind, int Old, int New, string Text);
}
