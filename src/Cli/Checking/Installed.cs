using System.Text.Json.Nodes;
using Spanhook.Cli.Connection;

namespace Spanhook.Cli.Checking;

/// <summary>Where the webhook is installed, under the names that it ships with unless others are given.</summary>
/// <param name="Session">The cluster.</param>
/// <param name="Configuration">Null when there is none.</param>
/// <param name="Namespace">Its own namespace.</param>
/// <param name="Deployment">Its Deployment.</param>
/// <param name="ServiceAccount">Its service account.</param>
/// <param name="ConfigurationName">Of the MutatingWebhookConfiguration, there or not.</param>
internal sealed record Installed(ClusterSession Session, WebhookConfiguration? Configuration, string Namespace, string Deployment, string ServiceAccount, string ConfigurationName)
{
    public const string DefaultName = "spanhook";

    public DateTimeOffset Now => Session.Terminal.Time.GetUtcNow();

    public string DeploymentPath => $"/apis/apps/v1/namespaces/{Namespace}/deployments/{Deployment}";

    /// <summary>The namespace that the configuration calls into; null when it calls an address.</summary>
    public static string? NamespaceOf(WebhookConfiguration? configuration) => configuration?.Entries
        .Select(entry => entry["clientConfig"]?["service"]?["namespace"]?.ToString()).FirstOrDefault(ns => !string.IsNullOrEmpty(ns));

    /// <summary>The replicas: pods that the Deployment selects, and that run.</summary>
    public async Task<IReadOnlyList<JsonObject>> ReplicasAsync(JsonObject deployment, CancellationToken cancellation)
    {
        var labels = deployment["spec"]?["selector"]?["matchLabels"] as JsonObject ?? [];
        var query = string.Join(',', labels.Select(label => $"{label.Key}={label.Value}"));
        var pods = new List<JsonObject>();
        await Session.ListAsync($"/api/v1/namespaces/{Namespace}/pods?labelSelector={Uri.EscapeDataString(query)}", pods.Add, cancellation);
        return [.. pods.Where(pod => pod["status"]?["phase"]?.ToString() == "Running" && pod["metadata"]?["deletionTimestamp"] is null)];
    }
}
