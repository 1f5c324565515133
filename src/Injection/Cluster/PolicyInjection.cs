using Spanhook.Api.Policy;
using Spanhook.Injection.Injectors;
using Spanhook.Injection.Injectors.Engines;

namespace Spanhook.Injection.Cluster;

/// <summary>What a policy adds to pods that did not ask: its <c>inject</c>, and the share of workloads that it is for.</summary>
internal sealed record PolicyInjection
{
    public static readonly PolicyInjection Nothing = new();

    /// <summary>Empty when the policy does not say.</summary>
    public IReadOnlyList<string> Languages { get; private init; } = [];

    /// <summary>As <see cref="Languages"/>.</summary>
    public IReadOnlyList<string> Engines { get; private init; } = [];

    /// <summary>Exact names; empty for the default target of each injector.</summary>
    public IReadOnlyList<string> Containers { get; private init; } = [];

    /// <summary>The share of workloads, 0 to 100.</summary>
    public int Percent { get; private init; } = 100;

    public bool IsEmpty => Languages.Count == 0 && Engines.Count == 0;

    public static PolicyInjection Of(InjectSection? inject, RolloutSection? rollout) => inject is null ? Nothing : new()
    {
        Languages = inject.Languages ?? [],
        Engines = inject.Engines ?? [],
        Containers = inject.Containers ?? [],
        Percent = rollout?.Percent ?? 100,
    };

    /// <summary>True when the policy asks for that injector, where the pod has a container for it.</summary>
    public bool Covers(IInjector injector) => !injector.IsEngine
        ? Languages.Contains(injector.Name, StringComparer.Ordinal)
        : Engines.Contains(injector.Name, StringComparer.Ordinal) || (injector is EngineInjector { IsOptIn: false } && Engines.Contains(PolicyInjectChecks.Auto, StringComparer.Ordinal));
}
