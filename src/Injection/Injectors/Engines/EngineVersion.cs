using System.Globalization;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>A release of an engine. A pre-release comes before its release.</summary>
internal readonly record struct EngineVersion(int Major, int Minor, int Patch, bool IsRelease = true)
{
    /// <summary>Reads the version at the start of a tag: <c>v0.10.2-nixl-0.7.1</c> is 0.10.2. Null for anything else, dates and names above all.</summary>
    public static EngineVersion? Parse(ReadOnlySpan<char> tag)
    {
        if (tag.IsEmpty) return null;
        var rest = tag[(tag[0] == 'v' ? 1 : 0)..];
        Span<int> numbers = stackalloc int[3];
        for (var i = 0; i < 3; i++)
        {
            var length = rest.IndexOfAnyExceptInRange('0', '9') is >= 0 and var end ? end : rest.Length;
            if (length is 0 or > 4 || !int.TryParse(rest[..length], CultureInfo.InvariantCulture, out numbers[i])) return null;
            rest = rest[length..];
            if (i == 2) break;
            if (rest.Length == 0 || rest[0] != '.') return null;
            rest = rest[1..];
        }

        // A year is no major version.
        if (numbers[0] >= 1000) return null;
        var isPrerelease = rest.StartsWith("rc", StringComparison.Ordinal) || rest.StartsWith("a", StringComparison.Ordinal)
            || rest.StartsWith("b", StringComparison.Ordinal) || rest.StartsWith(".dev", StringComparison.Ordinal) || rest.StartsWith("-rc", StringComparison.Ordinal);
        return new(numbers[0], numbers[1], numbers[2], !isPrerelease);
    }

    /// <summary>Reads a version of year and month: <c>23.05-py3</c> is 23.5.0. Null for anything else.</summary>
    public static EngineVersion? ParseMonth(ReadOnlySpan<char> tag) =>
        tag.Length >= 5 && tag[2] == '.' && (tag.Length == 5 || tag[5] is '-' or '.')
        && int.TryParse(tag[..2], CultureInfo.InvariantCulture, out var year) && int.TryParse(tag[3..5], CultureInfo.InvariantCulture, out var month)
            ? new(year, month, 0)
            : null;

    /// <summary>True for this release and every one after it.</summary>
    public bool IsAtLeast(EngineVersion other) =>
        (Major, Minor, Patch, IsRelease).CompareTo((other.Major, other.Minor, other.Patch, other.IsRelease)) >= 0;

    /// <summary>As a version of year and month is written: <c>23.05</c>.</summary>
    public string ToMonth() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor:00}");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}");
}
