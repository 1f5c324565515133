using Spanhook.Api.Meta;
using Spanhook.Api.Policy;
using Spanhook.Injection.Injectors.Engines;

namespace Spanhook.Injection.Cluster;

/// <summary>TracingPolicy → <see cref="CompiledPolicy"/>.</summary>
internal static class PolicyCompiler
{
    /// <summary>Compiles one; null when it has errors: a policy that is not understood does nothing.</summary>
    public static CompiledPolicy? Compile(TracingPolicy policy, List<ObjectProblem> all)
    {
        var spec = policy.Spec;
        var problems = new ProblemCollector("TracingPolicy", policy.Metadata.Name, "spec", all);
        var mode = ParseMode(spec.Mode, problems);
        ValidateSelector(spec.NamespaceSelector, "namespaceSelector", problems);
        ValidateSelector(spec.PodSelector, "podSelector", problems);
        var compiled = new CompiledPolicy
        {
            Name = policy.Metadata.Name,
            Mode = mode,
            Priority = spec.Priority ?? 0,
            NamespaceSelector = spec.NamespaceSelector,
            PodSelector = spec.PodSelector,
            UnknownVersion = ParseUnknownVersion(spec.Engines?.UnknownVersion, problems),
            DetailedTraces = CheckDetailedTraces(spec.Engines?.Vllm?.DetailedTraces, problems),
            Versions = CheckVersions(spec.Engines?.Versions ?? [], problems),
            PrivilegedNamespaces = spec.PrivilegedInjection?.AllowedNamespaces ?? [],
            Injection = PolicyInjection.Of(spec.Inject, spec.Rollout),
            DeniesOptOut = spec.OptOut is null ? null : spec.OptOut == "Denied",
            InstrumentationSpec = spec.Instrumentation,
            Instrumentation = spec.Instrumentation is null
                ? null
                : InstrumentationCompiler.CompileSpec(spec.Instrumentation, new("TracingPolicy", policy.Metadata.Name, "spec.instrumentation", all)),
        };
        return problems.Errors is null ? compiled : null;
    }

    private static PolicyMode ParseMode(string? mode, ProblemCollector problems)
    {
        switch (mode)
        {
            case null or "" or "Enforce": return PolicyMode.Enforce;
            case "Audit": return PolicyMode.Audit;
            case "Off": return PolicyMode.Off;
            default:
                problems.Error("mode", $"'{mode}' is not known; write Enforce, Audit or Off");
                return PolicyMode.Off;
        }
    }

    private static UnknownVersionMode? ParseUnknownVersion(string? mode, ProblemCollector problems)
    {
        if (string.IsNullOrEmpty(mode)) return null;
        var parsed = EngineSettings.Parse(mode);
        if (parsed is null) problems.Error("engines.unknownVersion", $"'{mode}' is not known; write Skip, Guard or Inject");
        return parsed;
    }

    private static IReadOnlyList<string>? CheckDetailedTraces(IReadOnlyList<string>? modules, ProblemCollector problems)
    {
        foreach (var module in modules ?? [])
        {
            if (module is not ("model" or "worker" or "all")) problems.Error("engines.vllm.detailedTraces", $"'{module}' was never one of vLLM's; write model, worker or all");
        }

        return modules;
    }

    private static IReadOnlyList<ImageVersion> CheckVersions(IReadOnlyList<ImageVersion> versions, ProblemCollector problems)
    {
        for (var i = 0; i < versions.Count; i++)
        {
            if (string.IsNullOrEmpty(versions[i].Image)) problems.Error($"engines.versions[{i}].image", "is missing; write an image such as registry.example/ml/vllm or registry.example/ml/*");
            if (EngineVersion.Parse(versions[i].Version) is null && EngineVersion.ParseMonth(versions[i].Version) is null)
                problems.Error($"engines.versions[{i}].version", $"'{versions[i].Version}' is no version; write for example 0.19.0");
        }

        return versions;
    }

    private static void ValidateSelector(LabelSelector? selector, string field, ProblemCollector problems)
    {
        foreach (var requirement in selector?.MatchExpressions ?? [])
        {
            if (!LabelSelectorMatcher.Operators.Contains(requirement.Operator, StringComparer.Ordinal))
                problems.Error(field, $"operator '{requirement.Operator}' is not known; write one of {string.Join(", ", LabelSelectorMatcher.Operators)}");
            else if (requirement.Operator is "In" or "NotIn" && requirement.Values is not { Count: > 0 })
                problems.Error(field, $"operator {requirement.Operator} on '{requirement.Key}' needs values");
        }
    }
}
