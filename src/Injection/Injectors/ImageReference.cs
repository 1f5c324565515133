namespace Spanhook.Injection.Injectors;

/// <summary>
/// A container image's name, tag and digest, by the grammar of the OCI distribution reference. Parts of one text: most readers only compare
/// them.
/// </summary>
internal readonly record struct ImageReference
{
    private static readonly System.Buffers.SearchValues<char> HexDigits = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF");

    private readonly string _text;
    private readonly int _nameEnd;
    private readonly int _tagEnd;

    private ImageReference(string text, int nameEnd, int tagEnd) => (_text, _nameEnd, _tagEnd) = (text, nameEnd, tagEnd);

    /// <summary>Everything before tag and digest.</summary>
    public ReadOnlySpan<char> Name => _text.AsSpan(0, _nameEnd);

    /// <summary>The last part of the name, which private mirrors keep: <c>vllm-openai</c>.</summary>
    public ReadOnlySpan<char> LastPart => _text.AsSpan((_text.LastIndexOf('/', _nameEnd - 1) + 1).._nameEnd);

    /// <summary>Empty when there is none.</summary>
    public ReadOnlySpan<char> Tag => _nameEnd == _tagEnd ? default : _text.AsSpan((_nameEnd + 1).._tagEnd);

    /// <summary>What tells the version: tag, digest, or both as <c>tag@digest</c>; null when there is neither.</summary>
    public string? Version => _nameEnd == _text.Length ? null : _text[(_nameEnd + 1)..];

    /// <summary>Parses an image; null when it is not a valid reference.</summary>
    public static ImageReference? Parse(string? image)
    {
        if (string.IsNullOrEmpty(image)) return null;
        var rest = image.AsSpan();
        if (rest.IndexOf('@') is >= 0 and var at)
        {
            if (!IsDigest(rest[(at + 1)..])) return null;
            rest = rest[..at];
        }

        var tagEnd = rest.Length;
        if (rest.LastIndexOf(':') is >= 0 and var colon && colon > rest.LastIndexOf('/'))
        {
            if (!IsTag(rest[(colon + 1)..])) return null;
            rest = rest[..colon];
        }

        return IsName(rest) ? new(image, rest.Length, tagEnd) : null;
    }

    private static bool IsName(ReadOnlySpan<char> name)
    {
        var slash = name.IndexOf('/');
        if (slash >= 0 && IsDomain(name[..slash])) name = name[(slash + 1)..];
        foreach (var part in name.Split('/'))
        {
            if (!IsPathComponent(name[part])) return false;
        }

        return true;
    }

    private static bool IsDomain(ReadOnlySpan<char> part)
    {
        var colon = part.IndexOf(':');
        if (colon >= 0 && (colon == part.Length - 1 || part[(colon + 1)..].IndexOfAnyExceptInRange('0', '9') >= 0)) return false;
        var host = colon < 0 ? part : part[..colon];
        foreach (var label in host.Split('.'))
        {
            if (!IsDomainLabel(host[label])) return false;
        }

        return true;
    }

    private static bool IsDomainLabel(ReadOnlySpan<char> label)
    {
        foreach (var c in label)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '-') return false;
        }

        return label.Length > 0 && label[0] != '-' && label[^1] != '-';
    }

    // Lower case letters and digits, and between them one '.', one or two '_', or any number of '-'.
    private static bool IsPathComponent(ReadOnlySpan<char> part)
    {
        if (part.IsEmpty || !IsLowerOrDigit(part[0]) || !IsLowerOrDigit(part[^1])) return false;
        var separator = 0;
        for (var i = 0; i < part.Length; i++)
        {
            if (!IsLowerOrDigit(part[i])) continue;
            if (part[separator..i] is not ("" or "." or "_" or "__") && part[separator..i].ContainsAnyExcept('-')) return false;
            separator = i + 1;
        }

        return true;
    }

    private static bool IsLowerOrDigit(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c);

    private static bool IsTag(ReadOnlySpan<char> tag)
    {
        foreach (var c in tag)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.' or '-')) return false;
        }

        return tag.Length is > 0 and <= 128 && tag[0] is not ('.' or '-');
    }

    private static bool IsDigest(ReadOnlySpan<char> digest)
    {
        var colon = digest.IndexOf(':');
        if (colon <= 0) return false;
        var hex = digest[(colon + 1)..];
        var length = digest.StartsWith("sha256:", StringComparison.Ordinal) ? hex.Length == 64 : hex.Length >= 32;
        return length && !hex.ContainsAnyExcept(HexDigits);
    }
}
