using System.Text;
using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Injectors;

/// <summary>The resource attributes of one container, and the text form of <c>OTEL_RESOURCE_ATTRIBUTES</c>.</summary>
internal sealed class ResourceAttributes
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

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
        foreach (var (key, value) in instrumentation.ResourceAttributes) attributes.Set(key, Encode(value ?? ""), keepEmpty: true);
        attributes.AddKubernetes(context, application);
        if (instrumentation.UseLabels && context.Pod.Labels.Text("app.kubernetes.io/version"u8) is { Length: > 0 } version)
            attributes.Set("service.version", Encode(KubernetesExpansion.Escape(version)));
        attributes.AddAnnotations(context.Pod);
        return attributes;
    }

    public string? this[string key] => _values.GetValueOrDefault(key);

    public bool Has(string key) => _values.ContainsKey(key);

    /// <summary>Sets an attribute; the value is in the form in which it is written.</summary>
    public void Set(string key, string value, bool keepEmpty = false)
    {
        if (value.Length > 0 || keepEmpty) _values[key] = value;
    }

    /// <summary>The keys of a text; entries without a '=' have none.</summary>
    public static HashSet<string> KeysOf(string? text)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in (text ?? "").Split(',', StringSplitOptions.TrimEntries))
        {
            if (entry.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals) keys.Add(entry[..equals].TrimEnd());
        }

        return keys;
    }

    /// <summary>Extends a text by the attributes whose key it does not have, sorted by key. The same text when there are none.</summary>
    public string AppendTo(string? text)
    {
        var existing = KeysOf(text);
        var missing = _values.Where(v => !existing.Contains(v.Key)).OrderBy(v => v.Key, StringComparer.Ordinal);
        var result = new StringBuilder(text);
        foreach (var (key, value) in missing)
        {
            if (result.Length > 0 && result[^1] != ',') result.Append(',');
            result.Append(key).Append('=').Append(value);
        }

        return result.ToString();
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
            var name = member.Name;
            if (!name.StartsWith(Annotations.ResourcePrefix, StringComparison.Ordinal) || member.Value.AsText() is not { } value) continue;
            var key = name[Annotations.ResourcePrefix.Length..];
            if (key.Length > 0 && key != "service.name") Set(key, Encode(KubernetesExpansion.Escape(value)));
        }
    }
}
