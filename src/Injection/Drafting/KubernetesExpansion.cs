namespace Spanhook.Injection.Drafting;

/// <summary>How the kubelet reads <c>$(VAR)</c> in env values, command and args: a defined one is replaced, <c>$$(VAR)</c> stays as <c>$(VAR)</c>.</summary>
internal static class KubernetesExpansion
{
    /// <summary>
    /// Makes sure that text from a tenant is taken as it is: what the kubelet would read as a reference or as an escape is escaped. Without NUL
    /// characters: a container with one in a variable never starts.
    /// </summary>
    public static string Escape(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal)) text = text.Replace("\0", "", StringComparison.Ordinal);
        return text.Contains("$(", StringComparison.Ordinal) || text.Contains("$$", StringComparison.Ordinal) ? text.Replace("$", "$$", StringComparison.Ordinal) : text;
    }

    /// <summary>True when the value refers to the variable.</summary>
    public static bool RefersTo(string value, string name)
    {
        var position = 0;
        while (NextReference(value, ref position, out var reference))
        {
            if (reference.SequenceEqual(name)) return true;
        }

        return false;
    }

    /// <summary>The next name between <c>$(</c> and <c>)</c>; escaped ones are left out.</summary>
    /// <param name="value">The text.</param>
    /// <param name="position">Where to look from; moved behind what was found.</param>
    /// <param name="name">The name.</param>
    /// <returns>False when there is none left.</returns>
    public static bool NextReference(string value, ref int position, out ReadOnlySpan<char> name)
    {
        name = default;
        for (var i = position; i < value.Length - 1; i++)
        {
            if (value[i] != '$') continue;
            if (value[i + 1] == '$')
            {
                i++;
                continue;
            }

            if (value[i + 1] != '(') continue;
            var end = value.IndexOf(')', i + 2);
            if (end < 0) return false;
            name = value.AsSpan((i + 2)..end);
            position = end + 1;
            return true;
        }

        return false;
    }
}
