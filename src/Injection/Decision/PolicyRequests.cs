using Spanhook.Injection.Cluster;
using Spanhook.Injection.Drafting;
using Spanhook.Injection.Injectors;

namespace Spanhook.Injection.Decision;

/// <summary>What policies ask of one pod for one injector.</summary>
/// <param name="Policy">The policy that asks; when none does because of its rollout, the highest that would.</param>
/// <param name="IsSelected">False when the rollouts leave the workload out.</param>
/// <param name="Targets">The containers that are meant; at least one, unless the pod's annotation names some that it does not have.</param>
/// <param name="Names">The names that were listed; null when the targets are the default ones.</param>
internal sealed record PolicyRequest(CompiledPolicy Policy, bool IsSelected, List<TargetRef> Targets, IReadOnlyList<string>? Names)
{
    /// <summary>Names that the pod's annotation lists and that no container has.</summary>
    public IReadOnlyList<string> Absent { get; init; } = [];
}

/// <summary>
/// What policies ask of one pod. They cover many pods: where one has no engine, or none of the containers that a policy names, nothing is asked,
/// and nothing is said.
/// </summary>
internal sealed class PolicyRequests(PodFacts facts, RequestAnnotations annotations)
{
    /// <summary>What some policies ask for an injector; null for nothing.</summary>
    public PolicyRequest? For(IInjector injector, PolicySettings settings)
    {
        if (settings.Supplier(injector) is not { } supplier) return null;
        var selected = Selected(settings, injector);
        var policy = selected ?? supplier;
        var isNamedByPolicy = policy.Injection.Containers.Count > 0;
        var names = isNamedByPolicy ? policy.Injection.Containers : NamesOf(injector, settings);
        var absent = new List<string>();
        var targets = names is not null ? ContainerSelector.Find(facts.Pod, names, absent)
            : injector.IsEngine ? ContainerSelector.Candidates(facts.Pod) : [ContainerSelector.Default(facts.Pod)];
        if (injector.IsEngine) targets.RemoveAll(target => !IsRunBy(target, injector.Name));
        if (isNamedByPolicy || injector.IsEngine) absent.Clear();
        return targets.Count == 0 && absent.Count == 0 ? null : new(policy, selected is not null, targets, names) { Absent = absent };
    }

    // What a pod says of its containers is followed where its opt-out would be: it knows better than a policy that does not name any.
    private IReadOnlyList<string>? NamesOf(IInjector injector, PolicySettings settings)
    {
        if (settings.OptOut is { DeniesOptOut: true }) return null;
        return ContainerSelector.Names(annotations, injector) is { } names && ContainerSelector.CheckNames(names) is null ? names : null;
    }

    // The list that counts says what is asked for (no policy above its own has one); of all that ask for it, the highest whose rollout has come to
    // this workload.
    private CompiledPolicy? Selected(PolicySettings settings, IInjector injector)
    {
        for (var i = 0; i < settings.Policies.Count; i++)
        {
            var policy = settings.Policies[i];
            if (policy.Injection.Covers(injector) && IsSelected(policy)) return policy;
        }

        return null;
    }

    private bool IsSelected(CompiledPolicy policy) =>
        policy.Injection.Percent >= 100 || Rollout.Selects(policy.Injection.Percent, facts.Namespace, facts.Owners.WorkloadOf(facts.Pod), policy.Name);

    private bool IsRunBy(TargetRef target, string engine) => facts.Programs.Of(facts.Pod.ContainerAt(target).Name)?.Engine == engine;
}
