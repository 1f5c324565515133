using Spanhook.Injection.Cluster;
using Spanhook.Injection.Decision;
using Spanhook.Manifests;

namespace Spanhook.Cli.Injecting;

/// <summary>What goes to standard error beside the result: warnings, and mistakes that make the exit code 2.</summary>
internal static class InjectionNotes
{
    private const string AnnotationPrefix = "instrumentation.opentelemetry.io/";

    /// <summary>Reasons that are mistakes in a manifest, and not a property of the workload: the webhook lets the pod in, we tell its author.</summary>
    private static readonly IReadOnlyList<Reason> Mistakes = [Reasons.InstrumentationNotFound, Reasons.ContainerNamesInvalid, Reasons.PodInvalid];

    /// <summary>Writes the cluster's own problems; true when one of them is an error.</summary>
    public static bool WriteCluster(Terminal terminal, ClusterManifests manifests, ClusterSnapshot snapshot)
    {
        foreach (var warning in manifests.Warnings) terminal.Warning(warning.ToString());
        foreach (var problem in snapshot.Problems)
        {
            var text = manifests.Problem(problem.Kind, problem.Name, problem.Field, problem.Message)?.ToString() ?? problem.ToString();
            if (problem.IsError) terminal.Error(text);
            else terminal.Warning(text);
        }

        return snapshot.Problems.Any(problem => problem.IsError);
    }

    /// <summary>Writes the pods' warnings; true when one of them is a mistake.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="manifests">What was injected.</param>
    /// <param name="onlyMistakes">When the result itself says the rest.</param>
    public static bool WriteWorkloads(Terminal terminal, IReadOnlyList<InjectedManifest> manifests, bool onlyMistakes)
    {
        var hasMistake = false;
        foreach (var workload in manifests.SelectMany(manifest => manifest.Workloads))
        {
            foreach (var pod in workload.Pods)
            {
                foreach (var decision in WarningsOf(pod))
                {
                    var isMistake = Mistakes.Contains(decision.Reason);
                    hasMistake |= isMistake;
                    var text = pod.Template.Problem(PlaceOf(pod.Template, decision), $"{workload.Title}: {decision.Message}").ToString();
                    if (isMistake) terminal.Error(text);
                    else if (!onlyMistakes) terminal.Warning(text);
                }
            }
        }

        return hasMistake;
    }

    private static IEnumerable<InjectionDecision> WarningsOf(InjectedPod pod) => pod.Result.Decisions
        .Where(decision => decision.Reason.Severity == Severity.Warning)
        .DistinctBy(decision => decision.Message, StringComparer.Ordinal);

    /// <summary>The annotation that asked for it, when the pod did; else the pod.</summary>
    private static string PlaceOf(WorkloadTemplate template, InjectionDecision decision)
    {
        var names = $"/metadata/annotations/{AnnotationPrefix.Replace("/", "~1", StringComparison.Ordinal)}";
        var candidates = decision.Reason == Reasons.ContainerNamesInvalid || decision.Reason == Reasons.ContainerNotFound
            ? (string[])[$"{names}{decision.Injector}-container-names", $"{names}container-names", $"{names}inject-{decision.Injector}"]
            : [$"{names}inject-{decision.Injector}"];
        return candidates.FirstOrDefault(template.Has) ?? "";
    }
}
