using System.Globalization;
using System.Text;
using Spanhook.Injection.Cluster;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>
/// A policy's <c>serviceNames.engine</c>, read once: text and placeholders. A placeholder without a value vanishes, and with it one separator: the one
/// before it, else the one behind it, so that <c>vllm-{role}</c> is <c>vllm</c> where there is no role.
/// </summary>
internal sealed class ServiceNameTemplate
{
    /// <summary>What may stand between braces.</summary>
    public static readonly IReadOnlyList<string> Placeholders = ["role", "model", "owner", "namespace", "container"];

    public const int MaxLength = 255;

    // The name also becomes a word of a command line: nothing that a shell, Triton's options or a resource attribute would read differently.
    private const string Punctuation = "-_./:@";

    private readonly IReadOnlyList<Part> _parts;

    private ServiceNameTemplate(IReadOnlyList<Part> parts) => _parts = parts;

    /// <summary>Reads a template; null, with what is wrong, when it is none.</summary>
    public static ServiceNameTemplate? Parse(string text, out string? problem)
    {
        problem = Problem(text);
        if (problem is not null) return null;
        var parts = new List<Part>();
        var position = 0;
        while (position < text.Length)
        {
            var open = text.IndexOf('{', position);
            var end = open < 0 ? text.Length : open;
            if (end > position) parts.Add(new(text[position..end], IsPlaceholder: false));
            if (open < 0) break;
            var close = text.IndexOf('}', open);
            parts.Add(new(text[(open + 1)..close], IsPlaceholder: true));
            position = close + 1;
        }

        return new(parts);
    }

    /// <summary>Fills it in.</summary>
    /// <param name="valueOf">A placeholder's value; null or empty where there is none.</param>
    /// <returns>Null when nothing is left.</returns>
    public string? Render(Func<string, string?> valueOf)
    {
        var name = new StringBuilder();
        var swallow = false;
        foreach (var part in _parts)
        {
            var text = part.IsPlaceholder ? Clean(valueOf(part.Text)) : part.Text;
            if (text.Length == 0)
            {
                if (name.Length > 0 && IsSeparator(name[^1])) name.Length--;
                else swallow = true;
                continue;
            }

            if (swallow && !part.IsPlaceholder && IsSeparator(text[0])) text = text[1..];
            swallow = false;
            name.Append(text);
        }

        return name.Length == 0 ? null : name.ToString();
    }

    private static string? Problem(string text)
    {
        if (text.Length is 0 or > MaxLength) return string.Create(CultureInfo.InvariantCulture, $"has {text.Length} characters; write 1 to {MaxLength}, for example vllm-{{role}}");
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '{')
            {
                var close = text.IndexOf('}', i);
                var placeholder = close < 0 ? text[(i + 1)..] : text[(i + 1)..close];
                if (close < 0 || !Placeholders.Contains(placeholder, StringComparer.Ordinal)) return UnknownPlaceholder(text, placeholder);
                i = close;
            }
            else if (!char.IsAsciiLetterOrDigit(text[i]) && !Punctuation.Contains(text[i], StringComparison.Ordinal))
            {
                return text[i] == '}' ? UnknownPlaceholder(text, "") : $"'{text}' has a character that no service name should have; write letters, digits and {string.Join(' ', Punctuation.ToCharArray())}";
            }
        }

        return null;
    }

    private static string UnknownPlaceholder(string text, string written)
    {
        var meant = Nearest.Of(written, Placeholders) is { } near ? $"; did you mean {{{near}}}?" : "";
        return $"'{text}' has an unknown placeholder{meant} write {{role}}, {{model}}, {{owner}}, {{namespace}} or {{container}}";
    }

    // What fills it in is a tenant's text.
    private static string Clean(string? value) => value is null
        ? ""
        : string.Create(value.Length, value, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = char.IsAsciiLetterOrDigit(source[i]) || Punctuation.Contains(source[i], StringComparison.Ordinal) ? source[i] : '-';
        });

    private static bool IsSeparator(char c) => Punctuation.Contains(c, StringComparison.Ordinal);

    private readonly record struct Part(string Text, bool IsPlaceholder);
}
