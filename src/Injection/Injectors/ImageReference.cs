namespace Spanhook.Injection.Injectors;

/// <summary>A container image's name, tag and digest, by the grammar of the OCI distribution reference.</summary>
/// <param name="Name">Everything before tag and digest.</param>
/// <param name="Tag">Null when there is none.</param>
/// <param name="Digest">For example <c>sha256:…</c>; null when there is none.</param>
internal readonly record struct ImageReference(string Name, string? Tag, string? Digest)
{
    private static readonly System.Buffers.SearchValues<char> HexDigits = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>The last part of the name, which private mirrors keep: <c>vllm-openai</c>.</summary>
    public string LastPart => Name[(Name.LastIndexOf('/') + 1)..];

    /// <summary>What tells the version: tag, digest, or both as <c>tag@digest</c>; null when there is neither.</summary>
    public string? Version => (Tag, Digest) switch
    {
        (null, null) => null,
        (null, _) => Digest,
        (_, null) => Tag,
        _ => $"{Tag}@{Digest}",
    };

    /// <summary>Parses an image; null when it is not a valid reference.</summary>
    public static ImageReference? Parse(string? image)
    {
        if (string.IsNullOrEmpty(image)) return null;
        var rest = image;
        string? digest = null;
        if (rest.IndexOf('@', StringComparison.Ordinal) is >= 0 and var at)
        {
            digest = rest[(at + 1)..];
            rest = rest[..at];
            if (!IsDigest(digest)) return null;
        }

        string? tag = null;
        if (rest.LastIndexOf(':') is >= 0 and var colon && colon > rest.LastIndexOf('/'))
        {
            tag = rest[(colon + 1)..];
            rest = rest[..colon];
            if (!IsTag(tag)) return null;
        }

        return IsName(rest) ? new(rest, tag, digest) : null;
    }

    private static bool IsName(string name)
    {
        var parts = name.Split('/');
        for (var i = 0; i < parts.Length; i++)
        {
            var isDomain = i == 0 && parts.Length > 1 && IsDomain(parts[i]);
            if (!isDomain && !IsPathComponent(parts[i])) return false;
        }

        return true;
    }

    private static bool IsDomain(string part)
    {
        var colon = part.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0 && (colon == part.Length - 1 || part.AsSpan(colon + 1).IndexOfAnyExceptInRange('0', '9') >= 0)) return false;
        var host = colon < 0 ? part : part[..colon];
        return host.Length > 0 && char.IsAsciiLetterOrDigit(host[0]) && char.IsAsciiLetterOrDigit(host[^1])
            && host.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-');
    }

    private static bool IsPathComponent(string part) =>
        part.Length > 0 && IsLowerOrDigit(part[0]) && IsLowerOrDigit(part[^1]) && part.All(c => IsLowerOrDigit(c) || c is '.' or '_' or '-');

    private static bool IsLowerOrDigit(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c);

    private static bool IsTag(string tag) =>
        tag.Length is > 0 and <= 128 && tag[0] is not ('.' or '-') && tag.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');

    private static bool IsDigest(string digest)
    {
        var colon = digest.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0) return false;
        var hex = digest.AsSpan(colon + 1);
        var length = digest.StartsWith("sha256:", StringComparison.Ordinal) ? hex.Length == 64 : hex.Length >= 32;
        return length && hex.IndexOfAnyExcept(HexDigits) < 0;
    }
}
