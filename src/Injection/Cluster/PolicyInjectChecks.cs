using System.Globalization;
using Spanhook.Api.Policy;
using Spanhook.Injection.Cluster.PodFieldRules;
using Spanhook.Injection.Injectors;
using Spanhook.Injection.Injectors.Engines;

namespace Spanhook.Injection.Cluster;

/// <summary>The fields that say what is injected where nobody asked, and on how many workloads: <c>inject</c>, <c>rollout</c>.</summary>
internal static class PolicyInjectChecks
{
    /// <summary>Whatever engine a container is seen to run.</summary>
    public const string Auto = "auto";

    private const int MaxEngines = 32;
    private const int MaxLanguages = 5;
    private const int MaxContainers = 64;

    /// <summary>They are privileged, or rewrite the server's configuration: for whoever knows the pod.</summary>
    private static readonly string[] ByAnnotationOnly = ["go", "apache-httpd", "nginx"];

    /// <summary>What <c>inject.engines</c> may name.</summary>
    public static IReadOnlyList<string> Engines { get; } = [Auto, .. InjectorCatalog.Names.Where(InjectorCatalog.IsEngine)];

    /// <summary>What <c>inject.languages</c> may name.</summary>
    public static IReadOnlyList<string> Languages { get; } = [.. InjectorCatalog.Names.Where(n => !InjectorCatalog.IsEngine(n) && !ByAnnotationOnly.Contains(n, StringComparer.Ordinal))];

    public static void Check(TracingPolicySpec spec, ProblemCollector problems)
    {
        CheckInject(spec.Inject, problems);
        if (spec.Rollout?.Percent is { } percent)
        {
            if (percent is < 0 or > 100) problems.Error("rollout.percent", string.Create(CultureInfo.InvariantCulture, $"{percent} is no share; write a whole number from 0 to 100"));
            else if (percent < 100 && IsEmpty(spec.Inject)) problems.Warn("rollout.percent", "has no effect: it is about what inject names, which is empty");
        }
    }

    private static bool IsEmpty(InjectSection? inject) => inject is null || (inject.Engines is not { Count: > 0 } && inject.Languages is not { Count: > 0 });

    private static void CheckInject(InjectSection? inject, ProblemCollector problems)
    {
        if (inject is null) return;
        PolicyFields.CheckCount(inject.Engines, MaxEngines, "inject.engines", problems);
        PolicyFields.CheckCount(inject.Languages, MaxLanguages, "inject.languages", problems);
        PolicyFields.CheckCount(inject.Containers, MaxContainers, "inject.containers", problems);
        for (var i = 0; i < inject.Engines?.Count; i++)
        {
            if (EngineProblem(inject.Engines[i] ?? "") is { } problem) problems.Error(PolicyFields.At("inject.engines", i), problem);
        }

        for (var i = 0; i < inject.Languages?.Count; i++)
        {
            if (LanguageProblem(inject.Languages[i] ?? "") is { } problem) problems.Error(PolicyFields.At("inject.languages", i), problem);
        }

        for (var i = 0; i < inject.Containers?.Count; i++)
        {
            var name = inject.Containers[i] ?? "";
            if (!KubernetesNames.IsLabel(name)) problems.Error(PolicyFields.At("inject.containers", i), $"'{name}' is no name of a container; write at most 63 lower case letters, digits and '-', exactly as pods have it");
        }

        if (inject.Containers is { Count: > 0 } && IsEmpty(inject)) problems.Warn("inject.containers", "has no effect: neither engines nor languages are named");
        if (inject.Languages?.Distinct(StringComparer.Ordinal).Count() > 1 && inject.Containers is not { Count: > 0 })
            problems.Warn("inject.languages", "are several without inject.containers: pods get none of them (container_names_required) unless they say which container is whose; write a policy for each language");
    }

    private static string? EngineProblem(string name)
    {
        if (Engines.Contains(name, StringComparer.Ordinal)) return null;
        if (OtherPrograms.WhyUntraced(name) is { } why) return $"{name} cannot be traced: {why}; remove it";
        if (InjectorCatalog.Names.Contains(name, StringComparer.Ordinal)) return $"{name} is a language; write it in inject.languages";
        return $"'{name}' is not known{Nearest.Hint(name, Engines)}; write one of {string.Join(", ", Engines)}";
    }

    private static string? LanguageProblem(string name)
    {
        if (Languages.Contains(name, StringComparer.Ordinal)) return null;
        if (ByAnnotationOnly.Contains(name, StringComparer.Ordinal)) return $"{name} is injected by annotation only: annotate the pods with {Annotations.Prefix}{Annotations.Inject(name)}";
        if (Engines.Contains(name, StringComparer.Ordinal)) return $"{name} is an engine; write it in inject.engines";
        return $"'{name}' is not known{Nearest.Hint(name, Languages)}; write one of {string.Join(", ", Languages)}";
    }
}
