using System.Text.Json.Nodes;

namespace Spanhook.Cli.Comparing;

/// <summary>
/// The pod that the webhook would be asked about if a running one were created now: the template of its workload with what its controller adds.
/// </summary>
internal static class AdmittedPod
{
    // Set by controllers, some on labels of a domain of their own; others (app.kubernetes.io) are the template's business.
    private static readonly string[] ControllerLabels = ["pod-template-hash", "rollouts-pod-template-hash", "controller-revision-hash", "pod-template-generation", "job-name", "controller-uid"];
    private static readonly string[] ControllerDomains = ["batch.kubernetes.io/", "statefulset.kubernetes.io/", "apps.kubernetes.io/", "leaderworkerset.sigs.k8s.io/", "jobset.sigs.k8s.io/"];

    /// <param name="template">The pod of the template; changed, and given back.</param>
    /// <param name="running">The pod as it is stored.</param>
    public static JsonObject From(JsonObject template, JsonObject running)
    {
        var from = running["metadata"] as JsonObject ?? [];
        var metadata = (JsonObject)template["metadata"]!;
        Copy("ownerReferences", from, metadata);
        Copy("generateName", from, metadata);

        // The API server generates a name only after admission.
        if (IsNamedByItsController(from)) Copy("name", from, metadata);
        AddLabels(from["labels"] as JsonObject ?? [], metadata);
        return template;
    }

    private static bool IsNamedByItsController(JsonObject metadata) =>
        metadata["generateName"] is null || (ControllerOf(metadata)?["kind"]?.ToString() == "StatefulSet");

    private static JsonObject? ControllerOf(JsonObject metadata) => (metadata["ownerReferences"] as JsonArray)?.OfType<JsonObject>()
        .FirstOrDefault(owner => owner["controller"]?.GetValueKind() == System.Text.Json.JsonValueKind.True);

    private static void AddLabels(JsonObject labels, JsonObject metadata)
    {
        var own = metadata["labels"] as JsonObject;
        foreach (var (key, value) in labels)
        {
            if (own?.ContainsKey(key) == true || !IsOfAController(key)) continue;
            if (own is null) metadata["labels"] = own = [];
            own[key] = value?.DeepClone();
        }
    }

    private static bool IsOfAController(string key) =>
        ControllerLabels.Contains(key, StringComparer.Ordinal) || ControllerDomains.Any(domain => key.StartsWith(domain, StringComparison.Ordinal));

    private static void Copy(string field, JsonObject from, JsonObject to)
    {
        if (from[field] is { } value) to[field] = value.DeepClone();
        else to.Remove(field);
    }
}
