using System.Text.Json.Nodes;
using Spanhook.Cli.Workloads;

namespace Spanhook.Cli.Restarting;

/// <summary>How workloads of a kind are rolled: what is patched, what keeps it from rolling, and when it has rolled.</summary>
internal sealed class RollingKind
{
    /// <summary>What <c>kubectl rollout restart</c> sets in the template.</summary>
    public const string RestartedAt = "kubectl.kubernetes.io/restartedAt";

    private static readonly string[] Template = ["spec", "template"];

    private static readonly RollingKind[] All =
    [
        new(WorkloadType.Deployment, RollProgress.OfDeployment, Template),
        new(WorkloadType.StatefulSet, RollProgress.OfStatefulSet, Template),
        new(WorkloadType.DaemonSet, RollProgress.OfDaemonSet, Template),
        new(WorkloadType.LeaderWorkerSet, RollProgress.OfLeaderWorkerSet, ["spec", "leaderWorkerTemplate", "leaderTemplate"], ["spec", "leaderWorkerTemplate", "workerTemplate"]),

        // Restarted without a change of its template, which would be a new revision with its steps and analyses.
        new(WorkloadType.Rollout, RollProgress.OfRollout),
    ];

    private readonly string[][] _templates;

    private RollingKind(WorkloadType type, Func<JsonObject, RollProgress> progress, params string[][] templates) => (Type, ProgressOf, _templates) = (type, progress, templates);

    public WorkloadType Type { get; }

    /// <summary>How far a workload is.</summary>
    public Func<JsonObject, RollProgress> ProgressOf { get; }

    /// <summary>Null for kinds that do not roll.</summary>
    public static RollingKind? Of(WorkloadType? type) => All.FirstOrDefault(kind => kind.Type == type);

    /// <summary>Why it would not roll now, and what to do instead; null when it would.</summary>
    /// <param name="item">As the API server has it.</param>
    /// <param name="pods">To be deleted by hand where nobody else does.</param>
    public string? WhyNot(JsonObject item, string pods)
    {
        if (Type == WorkloadType.Deployment && IsTrue(item["spec"]?["paused"])) return "it is paused: kubectl rollout resume first";
        if (Type == WorkloadType.Rollout && IsTrue(item["spec"]?["paused"])) return "it is paused: kubectl argo rollouts resume first";
        return item["spec"]?["updateStrategy"]?["type"]?.ToString() == "OnDelete" ? $"its updateStrategy is OnDelete: delete its pods one at a time: kubectl delete pod {pods}" : null;
    }

    /// <summary>The merge patch that rolls it, and notes how it was before.</summary>
    public JsonObject Patch(JsonObject item, string run, string at)
    {
        var places = Places(item);
        var record = new RestartRecord(run, at, [.. places.Select(place => RestartedAtOf(item, place))]);
        var patch = Annotation(RestartRecord.Key, record.ToString());
        if (Type == WorkloadType.Rollout) patch["spec"] = new JsonObject { ["restartAt"] = at };
        foreach (var place in places) SetRestartedAt(patch, place, at);
        return patch;
    }

    /// <summary>The merge patch that returns its templates to what they were before the last restart.</summary>
    /// <param name="item">As the API server has it.</param>
    /// <param name="record">Its record.</param>
    /// <param name="problem">Why that is not possible, and what to do instead; null when it is.</param>
    public JsonObject UndoPatch(JsonObject item, RestartRecord record, out string? problem)
    {
        problem = null;
        var places = Places(item);
        var patch = Annotation(RestartRecord.Key, null);
        if (Type == WorkloadType.Rollout)
        {
            problem = "the restart of a Rollout changes no revision, so there is none to return to: its pods were only created anew";
        }
        else if (places.Count != record.Before.Count || places.Any(place => RestartedAtOf(item, place) != record.At))
        {
            problem = $"its template was changed since: kubectl rollout history {Type.Singular}/{item["metadata"]?["name"]} shows to what you can return";
        }
        else
        {
            for (var i = 0; i < places.Count; i++) SetRestartedAt(patch, places[i], record.Before[i]);
        }

        return patch;
    }

    private List<string[]> Places(JsonObject item) => [.. _templates.Where(place => Find(item, place) is JsonObject)];

    private static string? RestartedAtOf(JsonObject item, string[] place) => Find(item, place)?["metadata"]?["annotations"]?[RestartedAt]?.ToString();

    private static JsonNode? Find(JsonObject item, string[] place)
    {
        JsonNode? at = item;
        foreach (var name in place) at = (at as JsonObject)?[name];
        return at;
    }

    private static JsonObject Annotation(string key, string? value) => new() { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [key] = value } } };

    // In a merge patch a null removes.
    private static void SetRestartedAt(JsonObject patch, string[] place, string? value)
    {
        var at = patch;
        foreach (var name in (string[])[.. place, "metadata", "annotations"])
        {
            if (at[name] is not JsonObject child) at[name] = child = [];
            at = child;
        }

        at[RestartedAt] = value;
    }

    private static bool IsTrue(JsonNode? value) => value?.GetValueKind() == System.Text.Json.JsonValueKind.True;
}
