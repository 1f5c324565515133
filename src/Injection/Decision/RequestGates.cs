using Spanhook.Api;
using Spanhook.Injection.Cluster;
using Spanhook.Injection.Injectors;

namespace Spanhook.Injection.Decision;

/// <summary>The gates before anything is decided, which cost next to nothing: most pods end here.</summary>
internal readonly struct RequestGates
{
    private static readonly InjectionDecision NotRequested = new(Reasons.NotRequested);

    /// <summary>Why the pod is left alone; null when it passes.</summary>
    public InjectionDecision? Refusal { get; private init; }

    /// <summary>The annotations of the pod and its namespace.</summary>
    public RequestAnnotations Annotations { get; private init; }

    /// <summary>The policies that cover the pod; none where its namespace is not known yet.</summary>
    public MatchedPolicies Policies { get; private init; }

    /// <summary>True when one of the annotations names an injector.</summary>
    public bool NamesInjector { get; private init; }

    public static RequestGates Pass(in InjectionRequest request, ClusterSnapshot cluster)
    {
        if (!request.IsPodCreation) return new() { Refusal = new(Reasons.NotAPodCreation), Annotations = RequestAnnotations.None, Policies = MatchedPolicies.None };
        var isUnknown = cluster.IsNotKnownYet(request.Namespace);
        var policies = isUnknown ? PolicyEvaluator.MatchUnknown(cluster, request.Pod, request.Namespace) : PolicyEvaluator.Match(cluster, request.Pod, request.Namespace);
        var annotations = RequestAnnotations.Read(request.Pod, cluster.Namespace(request.Namespace).Requests);
        var namesInjector = annotations is not null && NamesAnInjector(annotations);
        return new()
        {
            Refusal = policies.Asks || namesInjector ? CheckPod(request, isUnknown) : NotRequested,
            NamesInjector = namesInjector,
            Annotations = annotations ?? RequestAnnotations.None,
            Policies = isUnknown ? MatchedPolicies.None : policies,
        };
    }

    private static InjectionDecision? CheckPod(in InjectionRequest request, bool isUnknown)
    {
        if (request.Pod.Annotations.Member("kubernetes.io/config.mirror"u8).IsPresent()) return new(Reasons.MirrorPod);
        if (PodShape.FirstProblem(request.Pod) is { } problem) return new(Reasons.PodInvalid, Detail: problem);
        return isUnknown ? new(Reasons.NamespaceNotKnownYet) : null;
    }

    private static bool NamesAnInjector(RequestAnnotations annotations)
    {
        if (annotations.First(Injection.Annotations.InjectEngine) is not null) return true;
        foreach (var injector in InjectorCatalog.All)
        {
            if (annotations.First(InjectorCatalog.AnnotationOf(injector)) is not null) return true;
        }

        return false;
    }
}
