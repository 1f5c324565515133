using Spanhook.Injection.Decision;

namespace Spanhook.Injection;

/// <summary>What became of a pod. Holds no view: it may outlive the request.</summary>
public sealed record InjectionResult
{
    /// <summary>One entry per injector and container that was considered, in catalog order; never empty.</summary>
    public required IReadOnlyList<InjectionDecision> Decisions { get; init; }

    /// <summary>The TracingPolicies that cover the pod, highest priority first, up to one in mode Off; empty when none does, or it was not looked.</summary>
    public IReadOnlyList<string> Policies { get; init; } = [];

    /// <summary>Number of JSON Patch operations written; 0 means that the patch is empty.</summary>
    public int Operations { get; init; }

    public bool IsInjected => Operations > 0;

    /// <summary>The decision that stands for the whole result in a metric: the first injection, else the first reason.</summary>
    public InjectionDecision Leading
    {
        get
        {
            // By index: the enumerator of an interface would be the only allocation here.
            for (var i = 0; i < Decisions.Count; i++)
            {
                if (Decisions[i].Reason == Reasons.Injected) return Decisions[i];
            }

            return Decisions[0];
        }
    }

    /// <summary>The sentences to show to whoever asked for the injection, in order, without duplicates.</summary>
    public IEnumerable<string> Warnings => Decisions.Where(d => d.Reason.Severity == Severity.Warning).Select(d => d.Message).Distinct(StringComparer.Ordinal);
}
