using System.Text.Json;
using Spanhook.Api.Core;
using Spanhook.Injection.Cluster;
using Spanhook.Injection.Decision;
using Spanhook.Injection.Drafting;
using Spanhook.Injection.Injectors.Engines;

namespace Spanhook.Injection.Injectors;

/// <summary>What one injector works with on one pod.</summary>
internal sealed class InjectionContext
{
    public required PodFacts Facts { get; init; }
    public required RequestAnnotations Annotations { get; init; }

    /// <summary>The settings, with the endpoint that an annotation chooses where it may.</summary>
    public required CompiledInstrumentation Instrumentation { get => _instrumentation ??= Facts.EndpointOverride.ApplyTo(field); init; }
    private CompiledInstrumentation? _instrumentation;

    /// <summary>The injector's own section of the Instrumentation.</summary>
    public required CompiledSection Section { get => _section ??= Facts.EndpointOverride.ApplyTo(field); init; }
    private CompiledSection? _section;

    /// <summary>The containers that passed every check: init containers first, in the pod's order, then the others as they were named.</summary>
    public required List<TargetRef> Targets { get; init; }

    /// <summary>How many containers were asked for, before any check.</summary>
    public int RequestedTargets { get; init; }

    /// <summary>True when the pod's own annotation asks for this injector, not only its namespace's.</summary>
    public bool IsExplicit { get; init; }

    /// <summary>What an engine's injector has read of its containers.</summary>
    public List<EngineTarget> EngineTargets => field ??= new(1);

    public Pod Pod => Facts.Pod;

    /// <summary>The resources of containers that are added: the section's, or where the pod has resources of its own, those.</summary>
    public JsonElement Resources => Pod.HasResources ? Section.ResourcesOfPod : Section.Resources;
}

/// <summary>What is known of one pod, derived once for all injectors.</summary>
internal sealed class PodFacts(Pod pod, string ns, ClusterSnapshot cluster, RequestAnnotations annotations, PolicySettings policies)
{
    public Pod Pod => pod;
    public string Namespace => ns;
    public ClusterSnapshot Cluster => cluster;

    /// <summary>What the policies that cover it say.</summary>
    public PolicySettings PolicySettings => policies;

    public PodOwners Owners => field ??= PodOwners.Resolve(pod, ns, cluster);

    /// <summary>What an earlier pass of ours says about this pod.</summary>
    public InjectionMarker Marker => field ??= InjectionMarker.Read(pod);

    /// <summary>What each container runs.</summary>
    public PodPrograms Programs => field ??= new(pod);

    /// <summary>How engines are treated on this pod.</summary>
    public EngineSettings EngineSettings => field ??= EngineSettings.Read(annotations, policies);

    /// <summary>The endpoint that an annotation chooses.</summary>
    public EndpointOverride EndpointOverride => field ??= EndpointOverride.Read(annotations, PolicySettings);

    /// <summary>Which injector will edit which container, after all checks; null when there is only one.</summary>
    public IReadOnlySet<(string Injector, string Container)>? Accepted { get; set; }

    /// <summary>True when the injector will edit that container beside another one.</summary>
    public bool IsAccepted(string injector, string container) => Accepted?.Contains((injector, container)) == true;

    /// <summary>Which injector was asked for on which container, before any check; null when only one was asked for.</summary>
    public HashSet<(string Injector, string Container)>? Requests { get; set; }

    /// <summary>True when the injector was asked for on that container beside another one.</summary>
    public bool IsRequested(string injector, string container) => Requests?.Contains((injector, container)) == true;

    /// <summary>True when another injector was asked for on that container too.</summary>
    public bool IsShared(string injector, string container)
    {
        if (Requests is null) return false;
        foreach (var (other, name) in Requests)
        {
            if (name == container && other != injector) return true;
        }

        return false;
    }

    /// <summary>Whether a policy allows the privileged sidecar in this namespace.</summary>
    public bool AllowsPrivileged => policies.AllowsPrivileged(ns);
}
