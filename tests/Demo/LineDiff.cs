namespace Spanhook.Demo;

/// <summary>A line of a diff: <c>' '</c> for both, <c>'-'</c> for the old text, <c>'+'</c> for the new, <c>'@'</c> for the head of a hunk.</summary>
internal readonly record struct DiffLine(char Sign, string Text);

/// <summary>A unified diff of lines, by the longest common subsequence. Quadratic, which a pod's few hundred lines may be.</summary>
internal static class LineDiff
{
    public static IReadOnlyList<DiffLine> Unified(string before, string after, int context)
    {
        var all = Align(before.TrimEnd('\n').Split('\n'), after.TrimEnd('\n').Split('\n'));
        var lines = new List<DiffLine>();
        var (old, now) = (1, 1);
        for (var i = 0; i < all.Count;)
        {
            if (!IsNear(all, i, context))
            {
                if (all[i].Sign != '+') old++;
                if (all[i].Sign != '-') now++;
                i++;
                continue;
            }

            var end = i;
            while (end < all.Count && IsNear(all, end, context)) end++;
            var hunk = all.GetRange(i, end - i);
            var (oldLines, newLines) = (hunk.Count(l => l.Sign != '+'), hunk.Count(l => l.Sign != '-'));
            lines.Add(new('@', $"@@ -{old},{oldLines} +{now},{newLines} @@"));
            lines.AddRange(hunk);
            (old, now, i) = (old + oldLines, now + newLines, end);
        }

        return lines;
    }

    private static bool IsNear(List<DiffLine> lines, int at, int context)
    {
        for (var i = Math.Max(0, at - context); i <= Math.Min(lines.Count - 1, at + context); i++)
        {
            if (lines[i].Sign != ' ') return true;
        }

        return false;
    }

    private static List<DiffLine> Align(string[] old, string[] now)
    {
        // length[i, j] is that of the longest common subsequence of old[i..] and now[j..].
        var length = new int[old.Length + 1, now.Length + 1];
        for (var i = old.Length - 1; i >= 0; i--)
        {
            for (var j = now.Length - 1; j >= 0; j--)
                length[i, j] = old[i] == now[j] ? length[i + 1, j + 1] + 1 : Math.Max(length[i + 1, j], length[i, j + 1]);
        }

        var lines = new List<DiffLine>();
        var (a, b) = (0, 0);
        while (a < old.Length || b < now.Length)
        {
            if (a < old.Length && b < now.Length && old[a] == now[b])
            {
                lines.Add(new(' ', old[a++]));
                b++;
            }
            else if (b == now.Length || (a < old.Length && length[a + 1, b] >= length[a, b + 1]))
            {
                lines.Add(new('-', old[a++]));
            }
            else
            {
                lines.Add(new('+', now[b++]));
            }
        }

        return lines;
    }
}
