using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Spanhook.Manifests;

/// <summary>
/// What a plain YAML scalar means. Kubernetes reads manifests by YAML 1.1 (sigs.k8s.io/yaml), not by the JSON schema of YAML 1.2: <c>yes</c>
/// is a boolean and <c>0644</c> is octal. A manifest must mean here what it means to kubectl, so that is followed; what differs is that a
/// number which JSON can write stays as it is written (<c>0.10</c>, <c>1e400</c>, 2^63+1), where kubectl rounds to a float.
/// </summary>
internal static partial class YamlScalar
{
    /// <summary>Kind and JSON text (or string value) of a plain scalar.</summary>
    /// <exception cref="InvalidDataException">A number that JSON does not have.</exception>
    public static (SourceKind Kind, string Text) Resolve(string text)
    {
        if (Word(text) is { } word) return (word, "");
        if (text.Length == 0 || !(char.IsAsciiDigit(text[0]) || text[0] is '+' or '-' or '.')) return (SourceKind.String, text);
        if (JsonNumber().IsMatch(text)) return (SourceKind.Number, text);
        if (NotFinite().IsMatch(text)) throw new InvalidDataException($"{text} is a number that JSON does not have: write a finite number, or put it in quotes");
        return Number(text) is { } number ? (SourceKind.Number, number) : (SourceKind.String, text);
    }

    /// <summary>Whether a reader of YAML 1.1 or 1.2 would take this text, written plain, for anything but a string.</summary>
    public static bool IsAmbiguous(string text) =>
        Word(text) is not null || NotFinite().IsMatch(text) || LooksNumeric().IsMatch(text) || text is "<<" or "=";

    private static SourceKind? Word(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => SourceKind.Null,
        "true" or "True" or "TRUE" or "y" or "Y" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" => SourceKind.True,
        "false" or "False" or "FALSE" or "n" or "N" or "no" or "No" or "NO" or "off" or "Off" or "OFF" => SourceKind.False,
        _ => null,
    };

    /// <summary>The JSON text of a number that JSON writes in another way; null when it is none.</summary>
    private static string? Number(string text)
    {
        var plain = text.Replace("_", "", StringComparison.Ordinal);
        var isNegative = plain.StartsWith('-');
        var digits = plain.StartsWith('+') || isNegative ? plain[1..] : plain;
        if (Integer(digits) is { } integer) return (isNegative ? -integer : integer).ToString(CultureInfo.InvariantCulture);

        var match = LooseFloat().Match(digits);
        if (!match.Success) return null;
        var whole = match.Groups["whole"].Value.TrimStart('0');
        var fraction = match.Groups["fraction"].Value;
        return $"{(isNegative ? "-" : "")}{(whole.Length == 0 ? "0" : whole)}{(fraction.Length == 0 ? "" : "." + fraction)}{match.Groups["exponent"].Value}";
    }

    private static BigInteger? Integer(string digits)
    {
        var match = BasedInteger().Match(digits);
        if (!match.Success) return null;
        var (radix, text) = match.Groups["hex"] is { Success: true } hex ? (16, hex.Value)
            : match.Groups["octal"] is { Success: true } octal ? (8, octal.Value)
            : match.Groups["binary"] is { Success: true } binary ? (2, binary.Value)
            : (10, match.Groups["decimal"].Value);
        var value = BigInteger.Zero;
        foreach (var digit in text) value = (value * radix) + Convert.ToInt32(digit.ToString(), 16);
        return value;
    }

    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex JsonNumber();

    [GeneratedRegex(@"^(0[xX](?<hex>[0-9a-fA-F]+)|0[oO](?<octal>[0-7]+)|0[bB](?<binary>[01]+)|0(?<octal>[0-7]+)|(?<decimal>0|[1-9][0-9]*))\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex BasedInteger();

    [GeneratedRegex(@"^((?<whole>[0-9]+)(\.(?<fraction>[0-9]*))?|\.(?<fraction>[0-9]+))(?<exponent>[eE][-+]?[0-9]+)?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LooseFloat();

    [GeneratedRegex(@"^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NotFinite();

    // Wider than what is read as a number here: also base 60 (1:30) and dates, which other readers take for numbers and times.
    [GeneratedRegex(
        @"^[-+]?(0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+"
        + @"|[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9_]+)?|\.[0-9_]+([eE][-+]?[0-9_]+)?"
        + @"|[0-9][0-9_]*(:[0-9]+)+(\.[0-9_]*)?|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt \t].*)?)\z",
        RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex LooksNumeric();
}
