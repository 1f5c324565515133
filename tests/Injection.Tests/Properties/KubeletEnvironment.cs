using System.Text;
using System.Text.Json.Nodes;

namespace Spanhook.Injection.Tests.Properties;

/// <summary>The environment that a kubelet would give a container: references in order, <c>$(NAME)</c> expanded with what stands before, <c>$$</c> as an escape.</summary>
internal static class KubeletEnvironment
{
    public static Dictionary<string, string> Of(JsonArray entries)
    {
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            var name = entry!["name"]?.GetValue<string>() ?? "";
            // A reference is stood for by its own text: who asks for the value must get the same reference.
            result[name] = entry["valueFrom"] is { } reference ? $"<{reference.ToJsonString()}>" : Expand(entry["value"]?.GetValue<string>() ?? "", result);
        }

        return result;
    }

    public static string Expand(string text, IReadOnlyDictionary<string, string> known)
    {
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '$' || i + 1 == text.Length)
            {
                result.Append(text[i]);
            }
            else if (text[i + 1] == '$')
            {
                result.Append('$');
                i++;
            }
            else if (text[i + 1] == '(' && text.IndexOf(')', i) is > 0 and var end)
            {
                var name = text[(i + 2)..end];
                result.Append(known.TryGetValue(name, out var value) ? value : text[i..(end + 1)]);
                i = end;
            }
            else
            {
                result.Append('$');
            }
        }

        return result.ToString();
    }
}
