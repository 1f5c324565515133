using System.Buffers;
using Spanhook.Injection.Cluster;
using Spanhook.Injection.Decision;

namespace Spanhook.Injection;

/// <summary>Decides on a pod and writes the patch: decide, check, inject, write. Thread-safe, without state.</summary>
public sealed class PodInjector(InjectionOptions options)
{
    /// <summary>Decides on one pod against one snapshot; appends an RFC 6902 patch (a JSON array) to <paramref name="patch"/>, or nothing.</summary>
    public InjectionResult Inject(in InjectionRequest request, ClusterSnapshot cluster, IBufferWriter<byte> patch)
    {
        _ = options;
        return new InjectionResult { Decisions = [new InjectionDecision(Reasons.NotRequested)] };
    }
}
