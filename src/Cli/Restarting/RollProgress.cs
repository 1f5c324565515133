using System.Globalization;
using System.Text.Json.Nodes;

namespace Spanhook.Cli.Restarting;

/// <summary>How far a workload is with its roll-out, by its status.</summary>
/// <param name="IsDone">Every pod is new and ready.</param>
/// <param name="Text">For people: <c>1 of 3 new pods are available</c>.</param>
/// <param name="IsFailed">It says itself that it will not get there.</param>
internal sealed record RollProgress(bool IsDone, string Text, bool IsFailed = false)
{
    private static readonly RollProgress Unseen = new(false, "its controller has not seen the change yet");

    public static RollProgress OfDeployment(JsonObject item)
    {
        if (!IsObserved(item)) return Unseen;
        var progressing = Condition(item, "Progressing");
        if (progressing?["reason"]?.ToString() == "ProgressDeadlineExceeded") return new(false, $"progress deadline exceeded: {progressing["message"]}", IsFailed: true);
        var wanted = Number(item["spec"]?["replicas"], 1);
        var (updated, all, available) = (Status(item, "updatedReplicas"), Status(item, "replicas"), Status(item, "availableReplicas"));
        if (updated < wanted) return Waiting(updated, wanted, "pods are new");
        if (all > updated) return new(false, Invariant($"{all - updated} old pods are still there"));
        return available < updated ? Waiting(available, updated, "new pods are available") : Done(updated);
    }

    public static RollProgress OfStatefulSet(JsonObject item)
    {
        if (!IsObserved(item)) return Unseen;
        var wanted = Number(item["spec"]?["replicas"], 1);
        var partition = Number(item["spec"]?["updateStrategy"]?["rollingUpdate"]?["partition"], 0);
        var (updated, ready) = (Status(item, "updatedReplicas"), Status(item, "readyReplicas"));
        if (ready < wanted) return Waiting(ready, wanted, "pods are ready");
        if (partition > 0) return updated < wanted - partition ? Waiting(updated, wanted - partition, "pods above the partition are new") : Done(updated);
        var isCurrent = item["status"]?["currentRevision"]?.ToString() == item["status"]?["updateRevision"]?.ToString();
        return isCurrent ? Done(ready) : Waiting(updated, wanted, "pods are new");
    }

    public static RollProgress OfDaemonSet(JsonObject item)
    {
        if (!IsObserved(item)) return Unseen;
        var wanted = Status(item, "desiredNumberScheduled");
        var (updated, available) = (Status(item, "updatedNumberScheduled"), Status(item, "numberAvailable"));
        if (updated < wanted) return Waiting(updated, wanted, "pods are new");
        return available < wanted ? Waiting(available, wanted, "pods are available") : Done(wanted);
    }

    public static RollProgress OfLeaderWorkerSet(JsonObject item)
    {
        // Older controllers do not say what they have observed.
        if (item["status"]?["observedGeneration"] is not null && !IsObserved(item)) return Unseen;
        var wanted = Number(item["spec"]?["replicas"], 1);
        var (updated, ready) = (Status(item, "updatedReplicas"), Status(item, "readyReplicas"));
        if (Condition(item, "UpdateInProgress")?["status"]?.ToString() == "True" || updated < wanted) return Waiting(updated, wanted, "groups are new");
        return ready < wanted ? Waiting(ready, wanted, "groups are ready") : Done(wanted, "groups");
    }

    public static RollProgress OfRollout(JsonObject item)
    {
        var (asked, done) = (Time(item["spec"]?["restartAt"]), Time(item["status"]?["restartedAt"]));
        if (asked is not null && (done is null || done < asked)) return new(false, "not all pods are restarted");
        return item["status"]?["phase"]?.ToString() switch
        {
            "Healthy" => Done(Status(item, "availableReplicas")),
            "Degraded" => new(false, $"it is degraded: {item["status"]?["message"]}", IsFailed: true),
            var phase => new(false, $"it is {phase ?? "unknown"}, not Healthy"),
        };
    }

    private static bool IsObserved(JsonObject item) => Number(item["status"]?["observedGeneration"], 0) >= Number(item["metadata"]?["generation"], 0);

    private static JsonObject? Condition(JsonObject item, string type) =>
        (item["status"]?["conditions"] as JsonArray ?? []).OfType<JsonObject>().FirstOrDefault(condition => condition["type"]?.ToString() == type);

    private static long Status(JsonObject item, string field) => Number(item["status"]?[field], 0);

    // Some controllers write their numbers as texts.
    private static long Number(JsonNode? value, long absent) => long.TryParse(value?.ToString(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : absent;

    private static DateTimeOffset? Time(JsonNode? value) =>
        DateTimeOffset.TryParse(value?.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private static RollProgress Waiting(long number, long of, string what) => new(false, Invariant($"{number} of {of} {what}"));

    private static RollProgress Done(long number, string what = "pods") => new(true, Invariant($"{number} new {(number == 1 ? what[..^1] : what)} ready"));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
