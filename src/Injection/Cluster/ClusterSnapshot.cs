using Spanhook.Api;

namespace Spanhook.Injection.Cluster;

/// <summary>What is known of the cluster at one moment: immutable, compiled, swapped whole.</summary>
public sealed class ClusterSnapshot
{
    public static readonly ClusterSnapshot Empty = new([]);

    private ClusterSnapshot(IReadOnlyList<ObjectProblem> problems) => Problems = problems;

    /// <summary>Everything that is wrong with the objects it was made of.</summary>
    public IReadOnlyList<ObjectProblem> Problems { get; }

    /// <summary>Compiles objects: validates, applies defaults, and collects every problem.</summary>
    public static ClusterSnapshot Compile(ClusterObjects objects) => new([]);
}

/// <summary>Something wrong with an object of the cluster.</summary>
/// <param name="Kind">Instrumentation or TracingPolicy.</param>
/// <param name="Name">Name, or namespace/name.</param>
/// <param name="Field">The path of the field, for example <c>spec.sampler.argument</c>.</param>
/// <param name="Message">What is wrong and what to write instead.</param>
/// <param name="IsError">True when the object cannot be used because of it; false for a warning.</param>
public sealed record ObjectProblem(string Kind, string Name, string Field, string Message, bool IsError)
{
    public override string ToString() => $"{Kind} {Name}: {Field}: {Message}";
}
