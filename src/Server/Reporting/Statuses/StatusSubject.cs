using Spanhook.Api.Meta;
using Spanhook.Injection.Cluster;
using Spanhook.Server.Cluster;
using Spanhook.Server.Reporting.Counting;

namespace Spanhook.Server.Reporting.Statuses;

/// <summary>An object that gets a status: what it is, what is wrong with it, and what was counted of it.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Metadata">Its name, uid and generation.</param>
/// <param name="Problems">All of them.</param>
/// <param name="Report">Null when nothing was counted yet.</param>
internal sealed record StatusSubject(StatusKind Kind, ObjectMeta Metadata, IReadOnlyList<ObjectProblem> Problems, ObjectReport? Report)
{
    /// <summary>As problems and counts name it.</summary>
    public string Name => NameOf(Metadata);

    /// <summary>All objects of the cluster.</summary>
    /// <param name="cluster">What serves.</param>
    /// <param name="total">What was counted of it; null when that is not known.</param>
    public static IEnumerable<StatusSubject> All(PublishedCluster cluster, Counts? total)
    {
        var problems = cluster.Snapshot.Problems.GroupBy(problem => (problem.Kind, problem.Name)).ToDictionary(group => group.Key, IReadOnlyList<ObjectProblem> (group) => [.. group]);
        return cluster.Objects.Policies.Select(policy => Of(StatusKind.Policy, policy.Metadata, total?.Policies))
            .Concat(cluster.Objects.Instrumentations.Select(instrumentation => Of(StatusKind.Instrumentation, instrumentation.Metadata, total?.Instrumentations)));

        StatusSubject Of(StatusKind kind, ObjectMeta metadata, SortedDictionary<string, ObjectReport>? reports) =>
            new(kind, metadata, problems.GetValueOrDefault((kind.Kind, NameOf(metadata))) ?? [], reports?.GetValueOrDefault(NameOf(metadata)));
    }

    private static string NameOf(ObjectMeta metadata) => metadata.Namespace is { Length: > 0 } ns ? $"{ns}/{metadata.Name}" : metadata.Name;
}
