using System.Globalization;

namespace Spanhook.Cli.Comparing;

/// <summary>Quantities of Kubernetes, which the API server writes in a form of its own: 1024Mi and 1Gi are one.</summary>
internal static class QuantityText
{
    private static readonly (string Suffix, decimal Factor)[] Suffixes =
    [
        ("Ki", 1L << 10), ("Mi", 1L << 20), ("Gi", 1L << 30), ("Ti", 1L << 40), ("Pi", 1L << 50), ("Ei", 1L << 60),
        ("n", 1e-9m), ("u", 1e-6m), ("m", 1e-3m), ("k", 1e3m), ("M", 1e6m), ("G", 1e9m), ("T", 1e12m), ("P", 1e15m), ("E", 1e18m),
    ];

    /// <summary>Whether both are quantities, and the same amount.</summary>
    public static bool AreEqual(string left, string right) => Parse(left) is { } one && Parse(right) is { } other && one == other;

    private static decimal? Parse(string text)
    {
        var (suffix, factor) = Suffixes.FirstOrDefault(entry => text.EndsWith(entry.Suffix, StringComparison.Ordinal), ("", 1));
        var digits = text[..^suffix.Length];
        if (!decimal.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return null;
        try
        {
            return number * factor;
        }
        catch (OverflowException)
        {
            return null;
        }
    }
}
