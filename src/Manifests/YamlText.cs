using System.Globalization;
using System.Text;

namespace Spanhook.Manifests;

/// <summary>A string as YAML: plain where every reader takes it for that string, else quoted, or a literal block when it has lines.</summary>
internal static class YamlText
{
    /// <summary>Writes the string as the value of a field or the item of a list that stands at <paramref name="indent"/>.</summary>
    public static void Write(StringBuilder yaml, string text, int indent)
    {
        if (CanBeLiteral(text)) WriteLiteral(yaml, text, indent);
        else yaml.Append(Inline(text));
    }

    /// <summary>The name of a field, on one line. YamlDotNet 16 takes a plain name with an asterisk in it for an alias.</summary>
    public static string Name(string text) => text.Contains('*', StringComparison.Ordinal) && CanBePlain(text) ? DoubleQuoted(text) : Inline(text);

    /// <summary>On one line.</summary>
    public static string Inline(string text)
    {
        if (CanBePlain(text)) return text;

        // As kubectl: double quotes where the type is at stake, single ones where only a character is.
        return YamlScalar.IsAmbiguous(text) || text.Length == 0 || NeedsEscape(text) ? DoubleQuoted(text) : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
    }

    private static bool CanBePlain(string text)
    {
        if (text.Length == 0 || YamlScalar.IsAmbiguous(text) || NeedsEscape(text)) return false;
        if (text[0] is ' ' or '\t' || text[^1] is ' ' or '\t' or ':') return false;
        if (text[0] is ',' or '[' or ']' or '{' or '}' or '#' or '&' or '*' or '!' or '|' or '>' or '\'' or '"' or '%' or '@' or '`' or '=' or '<') return false;
        if (text[0] is '-' or '?' or ':' && (text.Length == 1 || text[1] is ' ' or '\t' || text[0] is not '-')) return false;
        if (text.StartsWith("---", StringComparison.Ordinal) || text.StartsWith("...", StringComparison.Ordinal)) return false;
        return text.AsSpan().IndexOf(": ") < 0 && text.AsSpan().IndexOf(" #") < 0 && text.AsSpan().IndexOfAny('\t', '\n') < 0;
    }

    private static bool CanBeLiteral(string text)
    {
        if (!text.Contains('\n', StringComparison.Ordinal) || text.AsSpan().TrimEnd('\n').Length == 0) return false;
        if (text.AsSpan().IndexOfAnyExcept('\n') is var first && text[first] == '\t') return false;

        // Trailing spaces are invisible in a block, and editors strip them.
        return !text.EndsWith(' ') && text.AsSpan().IndexOf(" \n") < 0 && !NeedsEscape(text.Replace("\n", "", StringComparison.Ordinal));
    }

    private static void WriteLiteral(StringBuilder yaml, string text, int indent)
    {
        yaml.Append('|');

        // The indentation cannot be seen from a first line that begins with a space or is empty.
        if (text[0] is ' ' or '\n') yaml.Append('2');
        if (!text.EndsWith('\n')) yaml.Append('-');
        else if (text.EndsWith("\n\n", StringComparison.Ordinal)) yaml.Append('+');

        var body = text.EndsWith('\n') ? text[..^1] : text;
        foreach (var line in body.Split('\n'))
        {
            yaml.Append('\n');
            if (line.Length > 0) yaml.Append(' ', indent + 2).Append(line);
        }
    }

    /// <summary>Characters that only a double-quoted string can hold: controls, line breaks of YAML 1.1, and what no editor shows.</summary>
    private static bool NeedsEscape(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i])) i++;
            else if (MustEscape(text[i])) return true;
        }

        return false;
    }

    private static bool MustEscape(char c) =>
        c is (< ' ' and not '\t') or (>= '\u007f' and <= '\u00a0') or '\u2028' or '\u2029' or '\ufeff' or '\ufffe' or '\uffff';

    private static string DoubleQuoted(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c))
            {
                quoted.Append(c).Append(text[++i]);
                continue;
            }

            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append(@"\\"),
                '\n' => quoted.Append("\\n"),
                '\t' => quoted.Append("\\t"),
                '\r' => quoted.Append("\\r"),
                _ when MustEscape(c) => quoted.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }
}
