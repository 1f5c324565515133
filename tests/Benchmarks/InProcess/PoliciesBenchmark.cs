using BenchmarkDotNet.Attributes;

namespace Spanhook.Benchmarks.InProcess;

/// <summary>What the number of policies costs a review of 10 KB, bytes in and bytes out (<see cref="PoliciesReport"/>).</summary>
public class PoliciesBenchmark
{
    private readonly byte[] _silent = Reviews.NotSelected();
    private readonly byte[] _annotated = Reviews.OneContainer();
    private Pipeline _covering = null!;
    private Pipeline _others = null!;

    [Params(1, 10, 1000)]
    public int Policies { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _covering = new(PolicyCrowd.Cluster(Policies, asks: true));
        _others = new(PolicyCrowd.Cluster(Policies, asks: false));
    }

    /// <summary>No policy covers the pod.</summary>
    [Benchmark]
    public int NotSelected() => _others.Answer(_silent);

    /// <summary>The pod asks itself, and no policy covers it.</summary>
    [Benchmark]
    public int ByAnnotation() => _others.Answer(_annotated);

    /// <summary>A policy covers the pod and asks for java.</summary>
    [Benchmark]
    public int ByPolicy() => _covering.Answer(_silent);
}
