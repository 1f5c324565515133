using Spanhook.Api.Policy;
using Spanhook.Injection.Injectors;
using Spanhook.Injection.Injectors.Engines;

namespace Spanhook.Injection.Cluster;

/// <summary>
/// What some policies say together, field by field; what they leave unset is null. Which one wins:
/// <list type="table">
/// <item><term>any field</term><description>the policy with the higher priority; ties by name, ascending. An empty list says nothing</description></item>
/// <item><term><c>inject.languages</c>, <c>inject.engines</c></term><description>each list as a whole; <c>inject.containers</c> and <c>rollout</c> are those of its policy</description></item>
/// <item><term>a workload that the rollout leaves out</term><description>the next lower policy that asks for the same</description></item>
/// <item><term><c>instrumentation</c></term><description>see <see cref="InstrumentationMerge"/></description></item>
/// <item><term><c>engines.versions</c>, <c>privilegedInjection</c></term><description>the lists together; of versions the first that matches</description></item>
/// </list>
/// </summary>
internal sealed class PolicySettings
{
    private readonly PolicyIndex _index;
    private readonly ulong[] _withInstrumentation;
    private readonly CompiledPolicy[] _policies;
    private CompiledInstrumentation? _instrumentation;

    /// <param name="index">Where the policies are.</param>
    /// <param name="places">Their places, ascending: highest priority first.</param>
    public PolicySettings(PolicyIndex index, IReadOnlyList<int> places)
    {
        _index = index;
        _policies = [.. places.Select(i => index.Policies[i])];
        _withInstrumentation = PolicySet.Create(index.Policies.Count);
        foreach (var place in places)
        {
            if (index.Policies[place].InstrumentationSpec is not null) PolicySet.Add(_withInstrumentation, place);
        }

        Languages = Array.Find(_policies, p => p.Injection.Languages.Count > 0);
        Engines = Array.Find(_policies, p => p.Injection.Engines.Count > 0);
        OptOut = Array.Find(_policies, p => p.DeniesOptOut is not null);
        UnknownVersion = Array.Find(_policies, p => p.UnknownVersion is not null)?.UnknownVersion;
        DetailedTraces = Array.Find(_policies, p => p.DetailedTraces is { Count: > 0 })?.DetailedTraces;
        EngineServiceName = Array.Find(_policies, p => p.EngineServiceName is not null)?.EngineServiceName;
        EndpointOverride = Array.Find(_policies, p => p.AllowsEndpointOverride is not null);
        AllowedEndpoints = Array.Find(_policies, p => p.AllowedEndpoints is { Count: > 0 })?.AllowedEndpoints ?? [];
        Versions = [.. _policies.SelectMany(p => p.Versions)];
    }

    /// <summary>Highest priority first.</summary>
    public IReadOnlyList<CompiledPolicy> Policies => _policies;

    /// <summary>The policy whose <c>inject.languages</c> counts; null when none has any.</summary>
    public CompiledPolicy? Languages { get; }

    /// <summary>The policy whose <c>inject.engines</c> counts; null when none has any.</summary>
    public CompiledPolicy? Engines { get; }

    /// <summary>The policy that says whether an opt-out is respected; null when none does.</summary>
    public CompiledPolicy? OptOut { get; }

    /// <summary>What is done with engines of an unknown version.</summary>
    public UnknownVersionMode? UnknownVersion { get; }

    /// <summary>vLLM's detailed traces.</summary>
    public IReadOnlyList<string>? DetailedTraces { get; }

    /// <summary>The versions of images; the first that matches counts.</summary>
    public IReadOnlyList<ImageVersion> Versions { get; }

    /// <summary>The template of engines' service names; null for the built-in names.</summary>
    public ServiceNameTemplate? EngineServiceName { get; }

    /// <summary>The policy that says whether an annotation may choose the endpoint; null when none does, and then it may not.</summary>
    public CompiledPolicy? EndpointOverride { get; }

    /// <summary>The hosts, or endings of hosts, that an annotation may choose.</summary>
    public IReadOnlyList<string> AllowedEndpoints { get; }

    public bool Asks => Languages is not null || Engines is not null;

    /// <summary>What policies carry for pods that have no Instrumentation of their own; null when none does. Its source is the highest that carries any.</summary>
    public CompiledInstrumentation? Instrumentation =>
        _instrumentation ??= PolicySet.IsEmpty(_withInstrumentation) ? null : _index.Instrumentation(_withInstrumentation);

    /// <summary>The policy whose list names the injector; null when the list that counts does not.</summary>
    public CompiledPolicy? Supplier(IInjector injector) =>
        (injector.IsEngine ? Engines : Languages) is { } supplier && supplier.Injection.Covers(injector) ? supplier : null;

    /// <summary>Whether one of the policies lists the namespace for privileged injection.</summary>
    public bool AllowsPrivileged(string ns) => Array.Exists(_policies, p => p.AllowsPrivileged(ns));
}
