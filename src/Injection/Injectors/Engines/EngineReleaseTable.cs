namespace Spanhook.Injection.Injectors.Engines;

/// <summary>The releases of one image, from the oldest on.</summary>
/// <param name="lines">At least one; the first is true for whatever is older than the second.</param>
/// <param name="of">Which of an engine's images it is about; null when there is one.</param>
/// <param name="isByMonth">Releases are counted by year and month.</param>
internal sealed class EngineReleaseTable(IReadOnlyList<EngineRelease> lines, string? of = null, bool isByMonth = false)
{
    public IReadOnlyList<EngineRelease> Lines => lines;

    /// <summary>Which of an engine's images it is about; null when there is one.</summary>
    public string? Image => of;

    /// <summary>For people: the releases that are traced, for example <c>≥ 0.17.0</c>.</summary>
    public string Traced
    {
        get
        {
            var ranges = string.Join(", ", Enumerable.Range(0, lines.Count).Where(line => lines[line].Reason is null).Select(Range));
            return of is null ? ranges : $"{of} {ranges}";
        }
    }

    /// <summary>The line for a release.</summary>
    public EngineRelease Of(EngineVersion version)
    {
        for (var i = lines.Count - 1; i > 0; i--)
        {
            if (version.IsAtLeast(lines[i].From)) return lines[i];
        }

        return lines[0];
    }

    /// <summary>A release as its tags have it.</summary>
    public string Show(EngineVersion version) => isByMonth ? version.ToMonth() : version.ToString();

    /// <summary>For people: from a line's first release until before the next line's.</summary>
    public string Range(int line) => (line == 0, line == lines.Count - 1) switch
    {
        (true, true) => "any",
        (true, false) => $"< {Show(lines[1].From)}",
        (false, true) => $"≥ {Show(lines[line].From)}",
        _ => $"≥ {Show(lines[line].From)}, < {Show(lines[line + 1].From)}",
    };
}
