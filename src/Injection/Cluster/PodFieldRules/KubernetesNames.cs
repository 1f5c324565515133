using System.Buffers;

namespace Spanhook.Injection.Cluster.PodFieldRules;

/// <summary>The grammars of Kubernetes that names in a pod have to follow.</summary>
internal static class KubernetesNames
{
    public const string SubdomainHelp = "write lower case letters, digits, '-' and '.', beginning and ending with a letter or digit";
    public const string QualifiedHelp = "write letters, digits, '-', '_' and '.', beginning and ending with a letter or digit, behind an optional prefix such as example.com/";

    private const int MaxName = 63;
    private const int MaxSubdomain = 253;

    private static readonly SearchValues<char> LowerCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    /// <summary>A DNS label (RFC 1123).</summary>
    public static bool IsLabel(ReadOnlySpan<char> text) => text.Length <= MaxName && IsPart(text);

    /// <summary>A DNS subdomain (RFC 1123), which most objects' names are.</summary>
    public static bool IsSubdomain(ReadOnlySpan<char> text)
    {
        if (text.Length > MaxSubdomain) return false;
        foreach (var part in text.Split('.'))
        {
            if (!IsPart(text[part])) return false;
        }

        return true;
    }

    /// <summary>The key of a label, of an annotation, or of a resource.</summary>
    public static bool IsQualifiedName(ReadOnlySpan<char> text)
    {
        var slash = text.IndexOf('/');
        if (slash >= 0 && !IsSubdomain(text[..slash])) return false;
        var name = text[(slash + 1)..];
        return name.Length > 0 && IsLabelValue(name);
    }

    /// <summary>The value of a label, which may be empty.</summary>
    public static bool IsLabelValue(ReadOnlySpan<char> text) =>
        text.Length == 0 || (text.Length <= MaxName && text.IndexOfAnyExcept(NameCharacters) < 0 && char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1]));

    /// <summary>A key of a Secret or ConfigMap.</summary>
    public static bool IsKey(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= MaxSubdomain && text.IndexOfAnyExcept(NameCharacters) < 0 && text is not "." && !text.StartsWith("..");

    /// <summary>A variable. Servers before 1.32 take no more than this; newer ones take any printable ASCII character but '='.</summary>
    public static bool IsVariable(ReadOnlySpan<char> text) =>
        text.Length > 0 && text.IndexOfAnyExcept(NameCharacters) < 0 && !char.IsAsciiDigit(text[0]) && text is not "." && !text.StartsWith("..");

    private static bool IsPart(ReadOnlySpan<char> text) => text.Length > 0 && text.IndexOfAnyExcept(LowerCharacters) < 0 && text[0] != '-' && text[^1] != '-';
}
