namespace Spanhook.Injection.Drafting;

/// <summary>How the kubelet reads <c>$(VAR)</c> in env values, command and args: a defined one is replaced, <c>$$(VAR)</c> stays as <c>$(VAR)</c>.</summary>
internal static class KubernetesExpansion
{
    /// <summary>Makes sure that text from a tenant is taken as it is: what the kubelet would read as a reference or as an escape is escaped.</summary>
    public static string Escape(string text) =>
        text.Contains("$(", StringComparison.Ordinal) || text.Contains("$$", StringComparison.Ordinal) ? text.Replace("$", "$$", StringComparison.Ordinal) : text;

    /// <summary>True when the value refers to the variable.</summary>
    public static bool RefersTo(string value, string name)
    {
        foreach (var reference in References(value))
        {
            if (value.AsSpan(reference).SequenceEqual(name)) return true;
        }

        return false;
    }

    /// <summary>The names between <c>$(</c> and <c>)</c>, as ranges of the value; escaped ones are left out.</summary>
    public static IEnumerable<Range> References(string value)
    {
        for (var i = 0; i < value.Length - 1; i++)
        {
            if (value[i] != '$') continue;
            if (value[i + 1] == '$')
            {
                i++;
                continue;
            }

            if (value[i + 1] != '(') continue;
            var end = value.IndexOf(')', i + 2);
            if (end < 0) yield break;
            yield return (i + 2)..end;
            i = end;
        }
    }
}
