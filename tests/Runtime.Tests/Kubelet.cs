using System.Text;
using System.Text.Json.Nodes;

namespace Spanhook.Runtime.Tests;

/// <summary>
/// What a kubelet does with a container's <c>env</c>: resolves where values come from, then expands <c>$(NAME)</c> in the
/// order of the list. Only what it really does; anything else in a test's pod is an error of the test.
/// </summary>
/// <param name="Pod">The pod as the API server stored it.</param>
/// <param name="Fields">What the cluster fills in after admission, by downward-API path: <c>metadata.name</c>, <c>status.podIP</c> …</param>
/// <param name="ConfigMaps">The ConfigMaps of the namespace: name → key → value.</param>
internal sealed record Kubelet(
    JsonNode Pod, IReadOnlyDictionary<string, string> Fields, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> ConfigMaps)
{
    /// <summary>The environment that the container's process starts with.</summary>
    public Dictionary<string, string> EnvironmentOf(string container)
    {
        var resolved = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in Container(container)["env"]?.AsArray() ?? [])
        {
            var name = entry!["name"]!.GetValue<string>();
            // Only literals are expanded, and only by what stands before them.
            resolved[name] = entry["valueFrom"] is { } source ? Resolve(source) : Expand(entry["value"]?.GetValue<string>() ?? "", resolved);
        }

        return resolved;
    }

    public JsonNode Container(string name) =>
        Pod["spec"]!["containers"]!.AsArray().Single(container => container!["name"]!.GetValue<string>() == name)!;

    /// <summary>
    /// Kubernetes' expansion: <c>$(NAME)</c> becomes the value, or stays as written when there is none; <c>$$</c> is one dollar
    /// (so <c>$$(NAME)</c> is never a reference); any other dollar is itself.
    /// </summary>
    internal static string Expand(string text, IReadOnlyDictionary<string, string> values)
    {
        var result = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '$' || at + 1 == text.Length)
            {
                result.Append(text[at]);
                continue;
            }

            at++;
            var end = text[at] == '(' ? text.IndexOf(')', at) : -1;
            if (end > 0)
            {
                var name = text[(at + 1)..end];
                result.Append(values.TryGetValue(name, out var value) ? value : $"$({name})");
                at = end;
            }
            else
            {
                if (text[at] != '$') result.Append('$');
                result.Append(text[at]);
            }
        }

        return result.ToString();
    }

    private string Resolve(JsonNode source)
    {
        if (source["fieldRef"] is { } field) return Fields[field["fieldPath"]!.GetValue<string>()];
        if (source["configMapKeyRef"] is { } key) return ConfigMaps[key["name"]!.GetValue<string>()][key["key"]!.GetValue<string>()];
        throw new NotSupportedException($"this kubelet does not know {source.ToJsonString()}");
    }
}
