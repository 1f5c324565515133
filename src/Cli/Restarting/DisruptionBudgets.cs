using System.Text.Json;
using System.Text.Json.Nodes;
using Spanhook.Api;
using Spanhook.Cli.Connection;
using Spanhook.Cli.Workloads;
using Spanhook.Injection.Cluster;

namespace Spanhook.Cli.Restarting;

/// <summary>
/// PodDisruptionBudgets. Controllers do not ask them when they roll a workload, but a budget that allows no disruption now means that its pods are
/// in trouble already, and a restart would add to it.
/// </summary>
internal sealed class DisruptionBudgets(ClusterSession session)
{
    private bool _isForbidden;

    /// <summary>Why this workload must not be rolled now; null when no budget objects.</summary>
    public async Task<string?> ObjectionAsync(Workload workload, CancellationToken cancellation)
    {
        if (_isForbidden) return null;
        var labels = workload.Templates.Select(template => template.ToPod()["metadata"]?["labels"] as JsonObject ?? []).ToArray();
        string? objection = null;
        try
        {
            await session.ListAsync($"/apis/policy/v1/namespaces/{workload.Key.Namespace}/poddisruptionbudgets", budget =>
            {
                if (objection is null && IsUsedUp(budget) && labels.Any(own => Selects(budget, own))) objection = Text(budget);
            }, cancellation);
        }
        catch (ClusterException e) when (e.IsForbidden)
        {
            _isForbidden = true;
            session.Terminal.Warning($"PodDisruptionBudgets are not respected: {e.Message}");
        }

        return objection;
    }

    private static bool IsUsedUp(JsonObject budget) => Number(budget, "disruptionsAllowed") == 0 && Number(budget, "expectedPods") > 0;

    // No selector selects nothing here, an empty one everything.
    private static bool Selects(JsonObject budget, JsonObject labels) =>
        budget["spec"]?["selector"] is JsonObject selector
            && LabelSelectorMatcher.Matches(selector.Deserialize(ApiJsonContext.Default.LabelSelector), key => labels[key]?.ToString());

    private static string Text(JsonObject budget) =>
        $"PodDisruptionBudget {budget["metadata"]?["name"]} allows no disruption now ({Number(budget, "currentHealthy")} of {Number(budget, "expectedPods")} pods are healthy, "
            + $"{Number(budget, "desiredHealthy")} must be): try again when more are, or roll it yourself: kubectl rollout restart";

    private static int? Number(JsonObject budget, string field) => budget["status"]?[field] is JsonValue value && value.TryGetValue<int>(out var number) ? number : null;
}
