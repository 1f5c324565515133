using Spanhook.Api.Admission;
using Spanhook.Api.Core;

namespace Spanhook.Injection;

/// <summary>One pod to decide on. A view: it lives no longer than the document that <see cref="Pod"/> reads.</summary>
/// <param name="Pod">The pod as it would be created.</param>
/// <param name="Namespace">The namespace of the request; the pod's own <c>metadata.namespace</c> is never used.</param>
/// <param name="IsPodCreation">False for anything but the CREATE of a core/v1 Pod, which is then left alone.</param>
public readonly record struct InjectionRequest(Pod Pod, string Namespace, bool IsPodCreation)
{
    /// <summary>What an API server asks.</summary>
    public static InjectionRequest From(AdmissionRequest request) => new(request.Object, request.Namespace, request.IsCreate && request.IsPod);

    /// <summary>What the command line asks: the creation of this pod in this namespace.</summary>
    public static InjectionRequest ForPod(Pod pod, string ns) => new(pod, ns, IsPodCreation: true);
}
