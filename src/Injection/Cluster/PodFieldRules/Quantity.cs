using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Spanhook.Api;

namespace Spanhook.Injection.Cluster.PodFieldRules;

/// <summary>An amount as Kubernetes writes it (<c>256Mi</c>, <c>500m</c>, <c>1e3</c>), read to the billionth as there.</summary>
internal static class Quantity
{
    private static readonly SearchValues<char> MantissaCharacters = SearchValues.Create("+-.0123456789");

    private const decimal Largest = long.MaxValue; // the API server cuts larger ones to this
    private const decimal Billion = 1_000_000_000m;
    private const int MaxDigits = 28; // of a decimal

    /// <summary>The value of a number or text; null when it is no quantity.</summary>
    public static decimal? Parse(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number => Parse(element.GetRawText()),
        JsonValueKind.String => Parse(element.AsText()),
        _ => null,
    };

    /// <summary>The value of a text; null when it is no quantity, or one beyond 2⁶³.</summary>
    public static decimal? Parse(ReadOnlySpan<char> text)
    {
        text = text.Trim(' ');
        var end = text.IndexOfAnyExcept(MantissaCharacters);
        var mantissa = end < 0 ? text : text[..end];
        if (mantissa.Length > MaxDigits || mantissa.IndexOfAnyInRange('0', '9') < 0) return null;
        if (!decimal.TryParse(mantissa, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)) return null;
        return Factor(text[mantissa.Length..]) is { } factor ? Scale(value, factor) : null;
    }

    private static decimal? Scale(decimal value, decimal factor)
    {
        if (Math.Abs(value) > Largest / Math.Min(factor, Largest) || Math.Abs(value) > Largest) return null;
        var scaled = value * factor * Billion;
        return (scaled < 0 ? decimal.Floor(scaled) : decimal.Ceiling(scaled)) / Billion;
    }

    private static decimal? Factor(ReadOnlySpan<char> suffix) => suffix switch
    {
        "" => 1m,
        "n" => 1e-9m,
        "u" => 1e-6m,
        "m" => 1e-3m,
        "k" => 1e3m,
        "M" => 1e6m,
        "G" => 1e9m,
        "T" => 1e12m,
        "P" => 1e15m,
        "E" => 1e18m,
        "Ki" => 1L << 10,
        "Mi" => 1L << 20,
        "Gi" => 1L << 30,
        "Ti" => 1L << 40,
        "Pi" => 1L << 50,
        "Ei" => 1L << 60,
        _ => Power(suffix),
    };

    private static decimal? Power(ReadOnlySpan<char> suffix)
    {
        if (suffix[0] is not ('e' or 'E') || !int.TryParse(suffix[1..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent)) return null;
        if (exponent is < -18 or > 18) return null;
        var power = 1m;
        for (var i = Math.Abs(exponent); i > 0; i--) power *= 10;
        return exponent < 0 ? 1 / power : power;
    }
}
