namespace Spanhook.Injection.CommandLine;

/// <summary>
/// The text of a command as the kubelet hands it on: <c>$$</c> is one dollar sign, but not within <c>$(…)</c>, which it takes for a
/// reference up to the first parenthesis and leaves as it is when no variable has that name.
/// </summary>
internal static class KubeletText
{
    /// <summary>Writes the text with <c>$$</c> as <c>$</c>; returns its length, which is never more than the manifest's.</summary>
    public static int Unescape(ReadOnlySpan<char> manifest, Span<char> text)
    {
        var length = 0;
        var closing = manifest.LastIndexOf(')');
        for (var at = 0; at < manifest.Length;)
        {
            var step = Step(manifest, at, closing, out var written);
            manifest.Slice(at, written).CopyTo(text[length..]);
            length += written;
            at += step;
        }

        return length;
    }

    /// <summary>Turns ascending places in the text into the same places in the manifest.</summary>
    public static IReadOnlyList<int> PlacesInManifest(ReadOnlySpan<char> manifest, IReadOnlyList<int> places)
    {
        var result = new int[places.Count];
        var (at, length, next) = (0, 0, 0);
        var closing = manifest.LastIndexOf(')');
        while (next < result.Length)
        {
            var step = Step(manifest, at, closing, out var written);
            // In a part that stays as it is a place is as far from the beginning; of two dollar signs there is only the beginning.
            for (var last = length + (step == written ? written : 0); next < result.Length && places[next] <= last; next++) result[next] = at + places[next] - length;
            if (step == 0) break;
            at += step;
            length += written;
        }

        return result;
    }

    /// <summary>The length of the next part of the manifest's text, and how much of it, from its beginning, the kubelet writes.</summary>
    // closing: the last parenthesis, behind which none is looked for
    private static int Step(ReadOnlySpan<char> manifest, int at, int closing, out int written)
    {
        var rest = manifest[at..];
        var dollar = rest.IndexOf('$');
        if (dollar != 0) return written = dollar < 0 ? rest.Length : dollar;
        if (rest.StartsWith("$$"))
        {
            written = 1;
            return 2;
        }

        var end = at < closing && rest.StartsWith("$(") ? rest.IndexOf(')') : -1;
        return written = end < 0 ? 1 : end + 1;
    }
}
