namespace Spanhook.Manifests;

/// <summary>
/// One YAML document as text. The split is by line, before the parser sees anything: <c>---</c> or <c>...</c> at the start of a line ends a
/// document wherever it stands (YAML 1.2, 9.1.2), and so an error in one document cannot shift the number of the next.
/// </summary>
/// <param name="Text">What the parser gets, with directives and the separator.</param>
/// <param name="Offset">The lines of the file before <paramref name="Text"/>.</param>
/// <param name="Verbatim">What can be printed unchanged; null when the text does not stand alone.</param>
internal sealed record YamlChunk(string Text, int Offset, string? Verbatim)
{
    public static IEnumerable<YamlChunk> Split(string text)
    {
        text = text.TrimStart('\uFEFF');
        var (start, startLine, line) = (0, 0, 0);
        var (isPreamble, hasDirective) = (true, false);
        for (var at = 0; at < text.Length; line++)
        {
            var end = text.IndexOf('\n', at) is var newline and >= 0 ? newline + 1 : text.Length;
            var current = text.AsSpan(at, end - at).TrimEnd();
            var isEnd = IsMarker(current, "...");

            // A '---' after nothing but directives belongs to them; any other one begins the next document.
            if (isEnd || (IsMarker(current, "---") && !(isPreamble && hasDirective)))
            {
                yield return Make(text[start..at], startLine, hasDirective);
                (start, startLine) = isEnd ? (end, line + 1) : (at, line);
                (isPreamble, hasDirective) = (isEnd, false);
            }
            else if (isPreamble)
            {
                hasDirective |= current.StartsWith('%');
                isPreamble = current.Length == 0 || current[0] is '#' or '%';
            }

            at = end;
        }

        yield return Make(text[start..], startLine, hasDirective);
    }

    private static YamlChunk Make(string text, int offset, bool hasDirective)
    {
        if (hasDirective) return new YamlChunk(text, offset, Verbatim: null);
        var body = text;
        var first = text.AsSpan(0, text.IndexOf('\n', StringComparison.Ordinal) is var newline and >= 0 ? newline + 1 : text.Length);
        if (IsMarker(first.TrimEnd(), "---"))
        {
            var rest = first[3..].Trim();
            if (rest.Length > 0 && rest[0] != '#') return new YamlChunk(text, offset, Verbatim: null);
            body = text[first.Length..];
        }

        return new YamlChunk(text, offset, body.EndsWith('\n') ? body : body + "\n");
    }

    private static bool IsMarker(ReadOnlySpan<char> line, string marker) =>
        line.StartsWith(marker, StringComparison.Ordinal) && (line.Length == 3 || line[3] is ' ' or '\t');
}
