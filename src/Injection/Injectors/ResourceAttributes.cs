using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Injectors;

/// <summary>The resource attributes of one container, and the text form of <c>OTEL_RESOURCE_ATTRIBUTES</c>. Dispose gives their memory back.</summary>
internal sealed class ResourceAttributes : IDisposable
{
    private static readonly HashSet<string> NoKeys = [];

    // Some fifteen attributes: a list is searched as fast as a dictionary.
    private PooledList<KeyValuePair<string, string>> _values = new(16);

    /// <summary>
    /// Collects them. Later rows win over earlier ones; what the container sets itself in <c>OTEL_RESOURCE_ATTRIBUTES</c> wins over all and
    /// is left out when the text is written:
    /// <list type="number">
    /// <item><c>service.version</c> of the image, <c>service.namespace</c> of the pod's namespace (only derived)</item>
    /// <item><c>spec.resource.resourceAttributes</c> of the Instrumentation</item>
    /// <item>what Kubernetes knows: namespace, container, pod, node, owners, <c>service.instance.id</c></item>
    /// <item>labels of the pod, if the Instrumentation opts in: <c>service.version</c></item>
    /// <item>annotations of the pod</item>
    /// </list>
    /// </summary>
    public static ResourceAttributes Collect(InjectionContext context, Container application)
    {
        var attributes = new ResourceAttributes();
        var instrumentation = context.Instrumentation;
        attributes.Set("service.version", Encode(KubernetesExpansion.Escape(ImageReference.Parse(application.Image)?.Version ?? "")));
        attributes.Set("service.namespace", context.Facts.Namespace);
        foreach (var (key, value) in instrumentation.ResourceAttributes) attributes.Set(key, value, keepEmpty: true);
        attributes.AddKubernetes(context, application);
        if (instrumentation.UseLabels && context.Pod.Labels.Text("app.kubernetes.io/version"u8) is { Length: > 0 } version)
            attributes.Set("service.version", Encode(KubernetesExpansion.Escape(version)));
        attributes.AddAnnotations(context.Pod);
        return attributes;
    }

    public string? this[string key] => IndexOf(key) is >= 0 and var index ? _values.Items[index].Value : null;

    public void Dispose() => _values.Dispose();

    public bool Has(string key) => IndexOf(key) >= 0;

    /// <summary>Sets an attribute; the value is in the form in which it is written.</summary>
    public void Set(string key, string value, bool keepEmpty = false)
    {
        if (value.Length == 0 && !keepEmpty) return;
        if (IndexOf(key) is >= 0 and var index) _values.Items[index] = new(key, value);
        else _values.Add(new(key, value));
    }

    /// <summary>The keys of a text; entries without a '=' have none.</summary>
    public static HashSet<string> KeysOf(string? text)
    {
        if (string.IsNullOrEmpty(text)) return NoKeys;
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (entry.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals) keys.Add(entry[..equals].TrimEnd());
        }

        return keys;
    }

    /// <summary>Extends a text by the attributes whose key it does not have, sorted by key. The same text when there are none.</summary>
    public string AppendTo(string? text)
    {
        var existing = KeysOf(text);
        _values.Items.Sort(static (left, right) => string.CompareOrdinal(left.Key, right.Key));
        var result = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[1024]);
        result.AppendFormatted(text);
        var needsComma = !string.IsNullOrEmpty(text) && text[^1] != ',';
        foreach (var (key, value) in _values.Items)
        {
            if (existing.Contains(key)) continue;
            if (needsComma) result.AppendLiteral(",");
            result.AppendFormatted(key);
            result.AppendLiteral("=");
            result.AppendFormatted(value);
            needsComma = true;
        }

        return result.ToStringAndClear();
    }

    /// <summary>Percent-encodes what the SDK specification asks for: ',' '=' '%', spaces, control and non-ASCII characters.</summary>
    public static string Encode(string value)
    {
        if (!NeedsEncoding(value)) return value;
        var encoded = new StringBuilder(value.Length + 16);
        foreach (var b in Encoding.UTF8.GetBytes(value))
        {
            if (IsPlain((char)b)) encoded.Append((char)b);
            else encoded.Append('%').Append("0123456789ABCDEF"[b >> 4]).Append("0123456789ABCDEF"[b & 15]);
        }

        return encoded.ToString();
    }

    private static bool NeedsEncoding(string value)
    {
        foreach (var c in value)
        {
            if (!IsPlain(c)) return true;
        }

        return false;
    }

    private static bool IsPlain(char c) => c is > ' ' and < '\x7f' and not (',' or '=' or '%');

    private int IndexOf(string key)
    {
        for (var i = 0; i < _values.Count; i++)
        {
            if (_values.Items[i].Key == key) return i;
        }

        return -1;
    }

    private void AddKubernetes(InjectionContext context, Container application)
    {
        var pod = context.Pod;
        var ns = context.Facts.Namespace;
        Set("k8s.namespace.name", ns);
        Set("k8s.container.name", application.Name);
        Set("k8s.pod.name", pod.Name ?? "");
        Set("k8s.node.name", pod.NodeName ?? "");
        if (context.Instrumentation.AddUids) Set("k8s.pod.uid", pod.Uid ?? "");
        Set("service.instance.id", $"{ns}.$({SdkEnvironment.PodNameVariable}).{application.Name}");
        foreach (var (key, value) in context.Facts.Owners.Attributes)
        {
            if (context.Instrumentation.AddUids || !key.EndsWith(".uid", StringComparison.Ordinal)) Set(key, value);
        }
    }

    private void AddAnnotations(Pod pod)
    {
        foreach (var member in pod.Annotations.Members())
        {
            if (!JsonMarshal.GetRawUtf8PropertyName(member).StartsWith("resource.opentelemetry.io/"u8) || member.Value.AsText() is not { } value) continue;
            var key = member.Name[Annotations.ResourcePrefix.Length..];
            if (key.Length > 0 && key != "service.name") Set(key, Encode(KubernetesExpansion.Escape(value)));
        }
    }
}
