using Spanhook.Cli.Comparing;
using Spanhook.Cli.Injecting;
using Spanhook.Injection.Decision;

namespace Spanhook.Cli.Explaining;

/// <summary>What became of the pods of everything that was asked for.</summary>
/// <param name="Manifests">The documents, injected.</param>
internal sealed record Decided(IReadOnlyList<InjectedManifest> Manifests)
{
    /// <summary>Whether an object of the files is wrong; it was told already.</summary>
    public bool HasMistake { get; init; }

    /// <summary>Of a pod that the API server has; null for anything else.</summary>
    public RunningPod? Running { get; init; }

    /// <summary>Whether the API server asks the webhook about pods of a namespace at all; nothing for files.</summary>
    public IReadOnlyDictionary<string, ExplainedStep> Webhook { get; init; } = new Dictionary<string, ExplainedStep>(StringComparer.Ordinal);

    /// <summary>Null when the webhook is asked, or nobody knows.</summary>
    public ExplainedStep? Obstacle(InjectedWorkload workload) => Webhook.GetValueOrDefault(workload.Namespace) is { Passed: false } step ? step : null;
}

/// <summary>A pod that the API server has, and what it is now compared with what it would be.</summary>
/// <param name="Comparison">The answer.</param>
/// <param name="Owner">The workload whose template it was compared with, as <c>Deployment web</c>; null for a bare pod.</param>
/// <param name="OwnerName">The same as the command line takes it, <c>deployment/web</c>.</param>
internal sealed record RunningPod(PodComparison Comparison, string? Owner, string? OwnerName);
