using System.Globalization;

namespace Spanhook.Manifests;

/// <summary>RFC 6901, as far as naming a place in a manifest needs it.</summary>
internal static class JsonPointer
{
    public static string Append(string pointer, string token) =>
        $"{pointer}/{token.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";

    public static string Append(string pointer, int index) => string.Create(CultureInfo.InvariantCulture, $"{pointer}/{index}");

    public static IEnumerable<string> Parse(string pointer) => pointer.Length == 0
        ? []
        : pointer[1..].Split('/').Select(token => token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal));

    public static int? Index(string token) =>
        int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;

    /// <summary>The way people write it: <c>spec.env[0].name</c>, <c>metadata.annotations[a.b/c]</c>.</summary>
    public static string ToFieldPath(string pointer)
    {
        var path = "";
        foreach (var token in Parse(pointer))
        {
            var isPlain = token.Length > 0 && JsonPointer.Index(token) is null && token.AsSpan().IndexOfAny("./[] ") < 0;
            path += (isPlain, path.Length == 0) switch
            {
                (true, true) => token,
                (true, false) => $".{token}",
                _ => $"[{token}]",
            };
        }

        return path;
    }

    /// <summary>The reverse of <see cref="ToFieldPath"/>.</summary>
    public static string FromFieldPath(string path)
    {
        var pointer = "";
        for (var at = 0; at < path.Length;)
        {
            if (path[at] == '[' && path.IndexOf(']', at) is var close and > 0)
            {
                pointer = Append(pointer, path[(at + 1)..close]);
                at = close + 1;
                continue;
            }

            if (path[at] == '.') at++;
            var end = path.AsSpan(at).IndexOfAny('.', '[');
            end = end < 0 ? path.Length : at + end;
            pointer = Append(pointer, path[at..end]);
            at = Math.Max(end, at + 1);
        }

        return pointer;
    }
}
