using System.Globalization;
using System.Text.Json.Nodes;
using Spanhook.Cli.Connection;
using Spanhook.KubeClient;

namespace Spanhook.Cli.Checking;

/// <summary>
/// Takes the webhook out of the path and back, by a matchCondition that is never true: API servers stop calling it as soon as they see the change,
/// whether or not a replica runs. Everything else stays, caBundle too, which its replicas keep up by applying that field alone.
/// </summary>
internal sealed class WebhookSwitch(ClusterSession session, WebhookConfiguration configuration, bool isDryRun)
{
    /// <summary>Gives what the annotation says then: who, when and why.</summary>
    public async Task<string> OffAsync(string? reason, CancellationToken cancellation)
    {
        var at = session.Terminal.Time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var note = $"by {await WhoAsync(cancellation)} at {at}{(string.IsNullOrWhiteSpace(reason) ? "" : $": {reason.Trim()}")}";
        await PatchAsync(new JsonObject { ["name"] = WebhookConfiguration.Off, ["expression"] = "false" }, note, cancellation);
        return note;
    }

    public Task OnAsync(CancellationToken cancellation) =>
        PatchAsync(new JsonObject { ["$patch"] = "delete", ["name"] = WebhookConfiguration.Off }, note: null, cancellation);

    // A strategic merge: webhooks and their matchConditions are maps by name, so nothing that somebody else writes meanwhile is lost.
    private async Task PatchAsync(JsonObject condition, string? note, CancellationToken cancellation)
    {
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [WebhookConfiguration.Off] = note } },
            ["webhooks"] = new JsonArray([.. configuration.Entries.Select(entry => (JsonNode)new JsonObject
            {
                ["name"] = entry["name"]?.DeepClone(),
                ["matchConditions"] = new JsonArray(condition.DeepClone()),
            })]),
        };
        await session.PatchAsync(WebhookConfiguration.PathOf(configuration.Name), patch, PatchKind.Strategic, cancellation, isDryRun);
    }

    /// <summary>As the API server knows us; who may not be told is somebody.</summary>
    private async Task<string> WhoAsync(CancellationToken cancellation)
    {
        const string path = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
        try
        {
            var review = new JsonObject { ["apiVersion"] = "authentication.k8s.io/v1", ["kind"] = "SelfSubjectReview" };
            return (await session.CreateAsync(path, review, cancellation))["status"]?["userInfo"]?["username"]?.ToString() ?? "somebody";
        }
        catch (ClusterException e) when (e.IsForbidden || e.IsNotFound)
        {
            return "somebody";
        }
    }
}
