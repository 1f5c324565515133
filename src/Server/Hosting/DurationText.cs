using System.Buffers;
using System.Globalization;

namespace Spanhook.Server.Hosting;

/// <summary>Durations as Kubernetes and Go write them: <c>250ms</c>, <c>15s</c>, <c>1h30m</c>.</summary>
internal static class DurationText
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    private static readonly (string Unit, TimeSpan Value)[] Units =
        [("ms", TimeSpan.FromMilliseconds(1)), ("h", TimeSpan.FromHours(1)), ("m", TimeSpan.FromMinutes(1)), ("s", TimeSpan.FromSeconds(1))];

    /// <summary>Null when the text is no duration: a number without a unit is none, except 0.</summary>
    public static TimeSpan? Parse(string? text)
    {
        if (text == "0") return TimeSpan.Zero;
        var rest = (text ?? "").AsSpan();
        if (rest.IsEmpty) return null;
        var sum = 0.0;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(Digits);
            if (digits < 1 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return null;
            rest = rest[digits..];
            var (unit, value) = UnitOf(rest);
            if (unit is null) return null;
            sum += number * value.TotalMilliseconds;
            rest = rest[unit.Length..];
        }

        // A thousand years is as good as for ever, and can still be added to a date.
        return sum <= TimeSpan.FromDays(365_000).TotalMilliseconds ? TimeSpan.FromMilliseconds(sum) : null;
    }

    private static (string? Unit, TimeSpan Value) UnitOf(ReadOnlySpan<char> text)
    {
        foreach (var known in Units)
        {
            if (text.StartsWith(known.Unit, StringComparison.Ordinal)) return known;
        }

        return default;
    }
}
