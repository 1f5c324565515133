using System.Globalization;
using Spanhook.Api.OpenTelemetry;
using Spanhook.Api.Policy;
using Spanhook.Injection.Injectors.Engines;

namespace Spanhook.Injection.Cluster;

/// <summary>TracingPolicy → <see cref="CompiledPolicy"/>. What is an error here is refused by the CRD's schema and rules too.</summary>
internal static class PolicyCompiler
{
    /// <summary>Compiles one; null when it has errors: a policy that is not understood does nothing.</summary>
    public static CompiledPolicy? Compile(TracingPolicy policy, List<ObjectProblem> all)
    {
        var spec = policy.Spec;
        var problems = new ProblemCollector("TracingPolicy", policy.Metadata.Name, "spec", all);
        SelectorChecks.Check(spec.NamespaceSelector, "namespaceSelector", problems);
        SelectorChecks.Check(spec.PodSelector, "podSelector", problems);
        PolicyInjectChecks.Check(spec, problems);
        var compiled = new CompiledPolicy
        {
            Name = policy.Metadata.Name,
            Mode = PolicyFields.OneOf(spec.Mode, "mode", problems, ("Enforce", PolicyMode.Enforce), ("Audit", PolicyMode.Audit), ("Off", PolicyMode.Off)) ?? PolicyMode.Enforce,
            Priority = spec.Priority ?? 0,
            NamespaceSelector = spec.NamespaceSelector,
            PodSelector = spec.PodSelector,
            UnknownVersion = PolicyFields.OneOf(
                spec.Engines?.UnknownVersion, "engines.unknownVersion", problems,
                ("Skip", UnknownVersionMode.Skip), ("Guard", UnknownVersionMode.Guard), ("Inject", UnknownVersionMode.Inject)),
            DetailedTraces = CheckDetailedTraces(spec.Engines?.Vllm?.DetailedTraces, problems),
            Versions = CheckVersions(spec.Engines?.Versions ?? [], problems),
            EngineServiceName = ParseServiceName(spec.ServiceNames?.Engine, problems),
            AllowsEndpointOverride = PolicyLimits.EndpointOverride(spec.Limits, problems),
            AllowedEndpoints = PolicyLimits.AllowedEndpoints(spec.Limits, problems),
            PrivilegedNamespaces = PolicyLimits.PrivilegedNamespaces(spec.PrivilegedInjection, problems),
            Injection = PolicyInjection.Of(spec.Inject, spec.Rollout),
            DeniesOptOut = PolicyFields.OneOf(spec.OptOut, "optOut", problems, ("Allowed", false), ("Denied", true)),
            InstrumentationSpec = spec.Instrumentation,
            Instrumentation = spec.Instrumentation is null ? null : CompileInstrumentation(spec.Instrumentation, new("TracingPolicy", policy.Metadata.Name, "spec.instrumentation", all)),
        };
        return problems.Errors is null ? compiled : null;
    }

    private static CompiledInstrumentation CompileInstrumentation(InstrumentationSpec spec, ProblemCollector problems)
    {
        PolicyInstrumentationChecks.Check(spec, problems);
        return InstrumentationCompiler.CompileSpec(spec, problems);
    }

    private static ServiceNameTemplate? ParseServiceName(string? text, ProblemCollector problems)
    {
        if (text is null) return null;
        var template = ServiceNameTemplate.Parse(text, out var problem);
        if (problem is not null) problems.Error("serviceNames.engine", problem);
        return template;
    }

    private static IReadOnlyList<string>? CheckDetailedTraces(IReadOnlyList<string>? modules, ProblemCollector problems)
    {
        PolicyFields.CheckCount(modules, 3, "engines.vllm.detailedTraces", problems);
        foreach (var module in modules ?? [])
        {
            if (module is not ("model" or "worker" or "all")) problems.Error("engines.vllm.detailedTraces", $"'{module}' was never one of vLLM's; write model, worker or all");
        }

        return modules;
    }

    private static IReadOnlyList<ImageVersion> CheckVersions(IReadOnlyList<ImageVersion> versions, ProblemCollector problems)
    {
        const int longestImage = 1024;
        const int longestVersion = 64;
        PolicyFields.CheckCount(versions, 256, "engines.versions", problems);
        for (var i = 0; i < versions.Count; i++)
        {
            var field = string.Create(CultureInfo.InvariantCulture, $"engines.versions[{i}]");
            var (image, version) = (versions[i]?.Image ?? "", versions[i]?.Version ?? "");
            if (image.Length is 0 or > longestImage) problems.Error($"{field}.image", $"{(image.Length == 0 ? "is missing" : "is too long")}; write an image such as registry.example/ml/vllm or registry.example/ml/*");
            if (version.Length > longestVersion || (EngineVersion.Parse(version) is null && EngineVersion.ParseMonth(version) is null))
                problems.Error($"{field}.version", $"'{version}' is no version; write for example 0.19.0");
        }

        return versions;
    }
}
