using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Injection.Drafting;
using Spanhook.Injection.Injectors;

namespace Spanhook.Injection.Decision;

/// <summary>Which containers an injector is for.</summary>
internal static class ContainerSelector
{
    private const int MaxNames = 32;
    private const int MaxNameLength = 63;

    /// <summary>Containers that mesh and agent injectors put first in a pod, and that nobody means by "the container".</summary>
    public static readonly IReadOnlyList<string> KnownSidecars =
    [
        "istio-proxy", "linkerd-proxy", "vault-agent", "consul-dataplane", "daprd", "kuma-sidecar", "otc-container", "cloud-sql-proxy",
        "datadog-agent", "fluent-bit", "kube-rbac-proxy", "oauth2-proxy", "queue-proxy",
    ];

    /// <summary>The names listed for an injector: the common list and its own, trimmed, without duplicates. Null when none is listed.</summary>
    public static IReadOnlyList<string>? Names(RequestAnnotations annotations, IInjector injector)
    {
        var common = annotations.First(Annotations.ContainerNames);
        var own = annotations.First(InjectorCatalog.ContainerNamesOf(injector.Name)) ?? FurtherNames(annotations, injector);
        if (common is null && own is null) return null;
        var names = new List<string>();
        foreach (var name in $"{common},{own}".Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (names.Count > MaxNames) break; // refused by CheckNames: the rest is not worth a look
            if (!names.Contains(name, StringComparer.Ordinal)) names.Add(name);
        }

        return names.Count == 0 ? null : names;
    }

    private static string? FurtherNames(RequestAnnotations annotations, IInjector injector) =>
        injector.IsEngine ? annotations.First(Annotations.EngineContainerNames)
        : injector.Name == "nginx" ? annotations.First(Annotations.OddNginxContainerNames) : null;

    /// <summary>True when the pod itself lists containers for this injector.</summary>
    public static bool IsListedByPod(RequestAnnotations annotations, string injector) =>
        annotations.OfPod(InjectorCatalog.ContainerNamesOf(injector)) is not null
        || (injector == "nginx" && annotations.OfPod(Annotations.OddNginxContainerNames) is not null);

    /// <summary>Why the list cannot be used; null when it can.</summary>
    public static Refusal? CheckNames(IReadOnlyList<string> names)
    {
        if (names.Count > MaxNames) return new(Reasons.ContainerNamesInvalid, $"more than {MaxNames} names");
        foreach (var name in names)
        {
            if (name.Length > MaxNameLength || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '-')) return new(Reasons.ContainerNamesInvalid, Shorten(name));
        }

        return null;
    }

    /// <summary>The containers of these names: init containers first, in the pod's order, then the others as they are named.</summary>
    public static List<TargetRef> Find(Pod pod, IReadOnlyList<string> names, List<string> absent)
    {
        var targets = new List<TargetRef>();
        var index = 0;
        foreach (var item in pod.InitContainers.Items())
        {
            // A name is unique in a pod, so what is an init container is no other.
            if (names.Contains(new Container(item).Name, StringComparer.Ordinal)) targets.Add(new(index, IsInit: true));
            index++;
        }

        foreach (var name in names)
        {
            var place = IndexOf(pod.Containers, name);
            if (place >= 0) targets.Add(new(place, IsInit: false));
            else if (IndexOf(pod.InitContainers, name) < 0) absent.Add(name);
        }

        return targets;
    }

    /// <summary>The container that is meant when none is named: kubectl's default, else the first that is no known sidecar, else the first.</summary>
    public static TargetRef Default(Pod pod)
    {
        if (pod.Annotations.Text("kubectl.kubernetes.io/default-container"u8) is { Length: > 0 } named && IndexOf(pod.Containers, named) is >= 0 and var chosen)
            return new(chosen, IsInit: false);
        var index = 0;
        foreach (var item in pod.Containers.Items())
        {
            if (!KnownSidecars.Contains(new Container(item).Name, StringComparer.Ordinal)) return new(index, IsInit: false);
            index++;
        }

        return new(0, IsInit: false);
    }

    /// <summary>Where an engine may run: every container, and the native sidecars.</summary>
    public static List<TargetRef> Candidates(Pod pod)
    {
        var containers = pod.Containers.Count();
        var targets = new List<TargetRef>(containers);
        var index = 0;
        foreach (var item in pod.InitContainers.Items())
        {
            if (item.TextEquals("restartPolicy"u8, "Always"u8)) targets.Add(new(index, IsInit: true));
            index++;
        }

        for (var i = 0; i < containers; i++) targets.Add(new(i, IsInit: false));
        return targets;
    }

    private static int IndexOf(System.Text.Json.JsonElement list, string name)
    {
        var index = 0;
        foreach (var item in list.Items())
        {
            if (item.Member("name"u8) is { ValueKind: System.Text.Json.JsonValueKind.String } text && text.ValueEquals(name)) return index;
            index++;
        }

        return -1;
    }

    private static string Shorten(string name) => name.Length <= MaxNameLength ? $"'{name}'" : $"'{name[..MaxNameLength]}…'";
}
