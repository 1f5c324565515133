using System.Globalization;
using Spanhook.Injection.Cluster;

namespace Spanhook.Injection.Decision;

/// <summary>What a policy gives to the settings of a pod, in words: the fields that no higher one has given.</summary>
internal static class PolicyFieldsInUse
{
    /// <param name="policy">A policy that covers the pod.</param>
    /// <param name="given">The fields that higher ones have given; gets its own.</param>
    public static string Show(CompiledPolicy policy, HashSet<string> given)
    {
        var own = FieldsOf(policy).ToList();
        var used = own.Where(field => given.Add(field.Name)).Select(field => field.Shown).ToList();
        return used.Count > 0 ? $"gives {string.Join(", ", used)}" : own.Count > 0 ? "higher policies give everything that it says" : "says nothing";
    }

    private static IEnumerable<(string Name, string Shown)> FieldsOf(CompiledPolicy policy)
    {
        var injection = policy.Injection;
        if (injection.Languages.Count > 0) yield return ("inject.languages", $"inject.languages [{string.Join(", ", injection.Languages)}]{Share(injection)}");
        if (injection.Engines.Count > 0) yield return ("inject.engines", $"inject.engines [{string.Join(", ", injection.Engines)}]{Share(injection)}");
        if (policy.DeniesOptOut is { } denies) yield return ("optOut", $"optOut {(denies ? "Denied" : "Allowed")}");
        foreach (var field in InstrumentationFields(policy)) yield return ($"instrumentation.{field}", $"instrumentation.{field}");
        if (policy.UnknownVersion is { } mode) yield return ("engines.unknownVersion", $"engines.unknownVersion {mode}");
        if (policy.DetailedTraces is { Count: > 0 }) yield return ("engines.vllm.detailedTraces", "engines.vllm.detailedTraces");
        if (policy.EngineServiceName is not null) yield return ("serviceNames.engine", "serviceNames.engine");
        if (policy.AllowsEndpointOverride is { } allows) yield return ("limits.endpointOverride", $"limits.endpointOverride {(allows ? "Allowed" : "Denied")}");
        if (policy.AllowedEndpoints is { Count: > 0 }) yield return ("limits.allowedEndpoints", "limits.allowedEndpoints");

        // Lists that are put together hide nothing.
        if (policy.Versions.Count > 0) yield return ($"engines.versions of {policy.Name}", "engines.versions");
        if (policy.PrivilegedNamespaces.Count > 0) yield return ($"privilegedInjection of {policy.Name}", "privilegedInjection");
    }

    private static IEnumerable<string> InstrumentationFields(CompiledPolicy policy)
    {
        if (policy.InstrumentationSpec is not { } spec) yield break;
        if (!string.IsNullOrEmpty(spec.Exporter?.Endpoint)) yield return "exporter.endpoint";
        if (!string.IsNullOrEmpty(spec.Exporter?.Protocol)) yield return "exporter.protocol";
        if (spec.Exporter?.Tls is not null) yield return "exporter.tls";
        if (!string.IsNullOrEmpty(spec.Sampler?.Type)) yield return "sampler";
        if (spec.Propagators is { Count: > 0 }) yield return "propagators";
        foreach (var key in spec.Resource?.ResourceAttributes?.Keys.Order(StringComparer.Ordinal) ?? Enumerable.Empty<string>()) yield return $"resource.resourceAttributes.{key}";
        foreach (var variable in spec.Env ?? []) yield return $"env {variable.Name}";
        foreach (var defaults in AgentDefaults.All)
        {
            if (InstrumentationCompiler.SectionOf(spec, defaults.Injector) is not null) yield return InstrumentationValidator.JsonKey(defaults.Injector);
        }
    }

    private static string Share(PolicyInjection injection) => injection.Percent >= 100 ? "" : string.Create(CultureInfo.InvariantCulture, $" for {injection.Percent} % of workloads");
}
