using System.Globalization;
using System.Text.Json;
using Spanhook.Api;
using Spanhook.Api.Core;

namespace Spanhook.Injection.Cluster.PodFieldRules;

/// <summary>Variables of a container.</summary>
internal static class EnvRules
{
    private static readonly string[] Sources = ["configMapKeyRef", "fieldRef", "resourceFieldRef", "secretKeyRef"];

    // spec.host is the former name of spec.nodeName.
    private static readonly string[] FieldPaths =
        ["metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs", "spec.host"];

    private static readonly string[] ResourceNames =
        ["limits.cpu", "limits.memory", "limits.ephemeral-storage", "requests.cpu", "requests.memory", "requests.ephemeral-storage"];

    private static readonly string[] CpuUnits = ["1", "1m", "0"];
    private static readonly string[] ByteUnits = ["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei", "0"];

    private static readonly ObjectRule ValueFrom = new(new(StringComparer.Ordinal)
    {
        ["configMapKeyRef"] = KeyOf("a ConfigMap"),
        ["fieldRef"] = new ObjectRule(new(StringComparer.Ordinal) { ["apiVersion"] = TextRule.OneOf("v1", ""), ["fieldPath"] = new TextRule(FieldPathProblem) }) { Required = ["fieldPath"] },
        ["resourceFieldRef"] = new ObjectRule(new(StringComparer.Ordinal) { ["containerName"] = TextRule.Any, ["resource"] = new TextRule(ResourceProblem), ["divisor"] = new QuantityRule() })
        {
            Required = ["resource"],
            Together = CheckUnit,
        },
        ["secretKeyRef"] = KeyOf("a Secret"),
        ["fileKeyRef"] = new NeverRule("reads a file of a volume that only its own pod has; write secretKeyRef or configMapKeyRef"),
    })
    {
        Together = CheckSources,
    };

    /// <summary>Reports what would keep a pod with these variables from being accepted or started.</summary>
    public static void Check(IReadOnlyList<EnvVar>? env, string field, ProblemCollector problems)
    {
        for (var i = 0; i < env?.Count; i++)
        {
            var variable = env[i];
            var path = string.Create(CultureInfo.InvariantCulture, $"{field}[{i}]");
            if (NameProblem(variable.Name) is { } wrong) problems.Error(path + ".name", wrong);
            CheckText(variable.Value, path + ".value", problems);
            if (variable.ValueFrom is not { } from || !from.IsPresent()) continue;
            if (!string.IsNullOrEmpty(variable.Value)) problems.Error(path, $"{variable.Name} has both value and valueFrom; remove one of them");
            ValueFrom.Check(from, path + ".valueFrom", problems);
        }
    }

    /// <summary>Reports a text that no process could get: it goes into a variable or an argument.</summary>
    public static void CheckText(string? text, string field, ProblemCollector problems)
    {
        if (text?.Contains('\0', StringComparison.Ordinal) == true) problems.Error(field, "has a NUL character, which no variable can hold; remove it");
    }

    /// <summary>The variables without what nobody here knows; the same list when there is nothing of that kind.</summary>
    public static IReadOnlyList<EnvVar> KnownPart(IReadOnlyList<EnvVar>? env)
    {
        if (env is null) return [];
        return env.All(e => e.ValueFrom is not { } from || ValueFrom.Knows(from)) ? env : [.. env.Select(e => e.ValueFrom is { } from ? e with { ValueFrom = ValueFrom.KnownPart(from) } : e)];
    }

    /// <summary>The containers whose resources these variables read by name, in their order.</summary>
    public static IReadOnlyList<string> ContainerNames(IReadOnlyList<EnvVar> env) =>
        [.. env.Select(e => e.ValueFrom is { } from ? from.Member("resourceFieldRef"u8).Text("containerName"u8) : null).OfType<string>().Where(name => name.Length > 0)];

    private static string? NameProblem(string name) => name switch
    {
        "" => "is missing",
        _ when name.Contains('=', StringComparison.Ordinal) => $"'{name}' is no name of a variable: it has a '='",
        _ when !KubernetesNames.IsVariable(name) => $"'{name}' is no name of a variable; write letters, digits, '_', '-' and '.', not beginning with a digit or '..'",
        _ => null,
    };

    private static ObjectRule KeyOf(string what) => new(new(StringComparer.Ordinal)
    {
        ["name"] = TextRule.NameOf(what),
        ["key"] = new TextRule(key => KubernetesNames.IsKey(key) ? null : $"'{key}' is no key of {what}; write letters, digits, '-', '_' and '.', not beginning with '..'"),
        ["optional"] = FlagRule.Any,
    })
    {
        Required = ["name", "key"],
    };

    private static void CheckSources(JsonElement valueFrom, string field, ProblemCollector problems)
    {
        var present = valueFrom.EnumerateObject().Where(m => m.Value.IsPresent()).Select(m => m.Name).Where(n => Sources.Contains(n, StringComparer.Ordinal)).ToList();
        if (present.Count == 0) problems.Error(field, $"has no source; write one of {string.Join(", ", Sources)}");
        if (present.Count > 1) problems.Error(field, $"has several sources ({string.Join(", ", present)}); leave one");
    }

    private static string? FieldPathProblem(string path)
    {
        if (FieldPaths.Contains(path, StringComparer.Ordinal) || IsSubscript(path, "metadata.labels") || IsSubscript(path, "metadata.annotations")) return null;
        return $"'{path}' cannot be read; write one of {string.Join(", ", FieldPaths[..^1])}, metadata.labels['KEY'], metadata.annotations['KEY']";
    }

    private static bool IsSubscript(string path, string map) =>
        path.StartsWith(map + "['", StringComparison.Ordinal) && path.EndsWith("']", StringComparison.Ordinal)
        && path.Length > map.Length + 4 && KubernetesNames.IsQualifiedName(path.AsSpan()[(map.Length + 2)..^2]);

    private static bool IsHugePages(string resource) =>
        resource.StartsWith("limits.hugepages-", StringComparison.Ordinal) || resource.StartsWith("requests.hugepages-", StringComparison.Ordinal);

    private static string? ResourceProblem(string resource) => ResourceNames.Contains(resource, StringComparer.Ordinal) || IsHugePages(resource)
        ? null
        : $"'{resource}' cannot be read; write one of {string.Join(", ", ResourceNames)}";

    private static void CheckUnit(JsonElement reference, string field, ProblemCollector problems)
    {
        var divisor = reference.Member("divisor"u8);
        if (reference.Text("resource"u8) is not { } resource || Quantity.Parse(divisor) is not { } unit || unit == 0) return;
        var units = resource.EndsWith(".cpu", StringComparison.Ordinal) ? CpuUnits : ByteUnits;
        var text = divisor.AsText() ?? divisor.GetRawText();
        if (!units.Contains(text, StringComparer.Ordinal)) problems.Error(field + ".divisor", $"'{text}' is no unit of {resource}; write one of {string.Join(", ", units[..^1])}");
    }
}
