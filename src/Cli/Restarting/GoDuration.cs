using System.Globalization;
using System.Text.RegularExpressions;

namespace Spanhook.Cli.Restarting;

/// <summary>Durations as kubectl takes them: 30s, 5m, 1h30m.</summary>
internal static partial class GoDuration
{
    /// <summary>Null when it is none, or not above zero.</summary>
    public static TimeSpan? Parse(string text)
    {
        if (!Whole().IsMatch(text)) return null;
        var total = TimeSpan.Zero;
        foreach (Match part in Part().Matches(text))
        {
            if (!double.TryParse(part.Groups["number"].Value, CultureInfo.InvariantCulture, out var number) || number > 1e6) return null;
            total += part.Groups["unit"].Value switch
            {
                "ms" => TimeSpan.FromMilliseconds(number),
                "s" => TimeSpan.FromSeconds(number),
                "m" => TimeSpan.FromMinutes(number),
                _ => TimeSpan.FromHours(number),
            };
        }

        return total > TimeSpan.Zero ? total : null;
    }

    /// <summary>Rounded to seconds: <c>1m5s</c>.</summary>
    public static string Text(TimeSpan time)
    {
        var seconds = (long)Math.Round(time.TotalSeconds);
        var text = string.Concat(Unit(seconds / 3600, "h"), Unit(seconds / 60 % 60, "m"), Unit(seconds % 60, "s"));
        return text.Length == 0 ? "0s" : text;
    }

    private static string Unit(long number, string unit) => number == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{number}{unit}");

    [GeneratedRegex(@"^(\d+(\.\d+)?(ms|s|m|h))+$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Whole();

    [GeneratedRegex(@"(?<number>\d+(\.\d+)?)(?<unit>ms|s|m|h)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Part();
}
