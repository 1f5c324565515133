using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Spanhook.Api;
using Spanhook.Api.Core;

namespace Spanhook.Injection.Decision;

/// <summary>The <c>instrumentation.opentelemetry.io/</c> annotations of a pod and of its namespace, trimmed; empty ones count as absent.</summary>
internal sealed class RequestAnnotations
{
    /// <summary>Of a pod and a namespace that have none.</summary>
    public static readonly RequestAnnotations None = new([], System.Collections.Frozen.FrozenDictionary<string, string>.Empty);

    private readonly List<KeyValuePair<string, string>> _pod;
    private readonly IReadOnlyDictionary<string, string> _namespace;

    private RequestAnnotations(List<KeyValuePair<string, string>> pod, IReadOnlyDictionary<string, string> ns) => (_pod, _namespace) = (pod, ns);

    /// <summary>Reads them; null when neither the pod nor its namespace has any, which is most pods and costs no allocation.</summary>
    public static RequestAnnotations? Read(Pod pod, IReadOnlyDictionary<string, string> namespaceAnnotations)
    {
        List<KeyValuePair<string, string>>? found = null;
        foreach (var member in pod.Annotations.Members())
        {
            var key = JsonMarshal.GetRawUtf8PropertyName(member);
            if (!key.StartsWith("instrumentation.opentelemetry.io/"u8)) continue;
            if (member.Value.AsText()?.Trim() is { Length: > 0 } value) (found ??= new(2)).Add(new(KeyWithoutPrefix(member, key), value));
        }

        return found is null && namespaceAnnotations.Count == 0 ? null : new(found ?? [], namespaceAnnotations);
    }

    /// <summary>All of them, for people.</summary>
    public IEnumerable<string> Written => _pod.Select(a => $"pod {a.Key}: \"{a.Value}\"").Concat(_namespace.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => $"namespace {a.Key}: \"{a.Value}\""));

    /// <summary>The pod's own value; null when absent or empty.</summary>
    public string? OfPod(string key)
    {
        foreach (var (name, value) in _pod)
        {
            if (name == key) return value;
        }

        return null;
    }

    /// <summary>The namespace's value; null when absent or empty.</summary>
    public string? OfNamespace(string key) => _namespace.GetValueOrDefault(key);

    /// <summary>The pod's value, else the namespace's.</summary>
    public string? First(string key) => OfPod(key) ?? OfNamespace(key);

    /// <summary>
    /// The choice of an <c>inject-*</c> annotation:
    /// <list type="table">
    /// <item><term>only one of the two has a value</term><description>that one</description></item>
    /// <item><term>the pod says a name or false</term><description>the pod's</description></item>
    /// <item><term>the pod says true, the namespace says false</term><description>true</description></item>
    /// <item><term>the pod says true, the namespace says true or a name</term><description>the namespace's: it names the resource</description></item>
    /// </list>
    /// </summary>
    public string? Choice(string key)
    {
        var pod = OfPod(key);
        var ns = OfNamespace(key);
        if (ns is null || pod is null) return pod ?? ns;
        return !IsTrue(pod) || IsFalse(ns) ? pod : ns;
    }

    // The whole name becomes a string only where it has escapes.
    private static string KeyWithoutPrefix(JsonProperty member, ReadOnlySpan<byte> raw) =>
        raw.Contains((byte)'\\') ? member.Name[Annotations.Prefix.Length..] : Encoding.UTF8.GetString(raw[Annotations.Prefix.Length..]);

    public static bool IsTrue(string value) => value.Equals("true", StringComparison.OrdinalIgnoreCase);

    public static bool IsFalse(string value) => value.Equals("false", StringComparison.OrdinalIgnoreCase);
}
