using Spanhook.Manifests;

namespace Spanhook.EndToEnd.Webhooks;

/// <summary>deploy/kustomize/base as shipped, but for two things: nothing runs in the cluster, and the API server calls the webhook by URL.</summary>
internal static class ShippedManifests
{
    public static string Base { get; } = RepositoryRoot.PathOf("deploy", "kustomize", "base");

    public static async Task<IReadOnlyList<JsonObject>> ReadAsync(Kubectl kubectl, Uri webhook)
    {
        var rendered = (await kubectl.RunAsync("kustomize", Base)).Out;
        var objects = ManifestReader.Parse(rendered, "deploy/kustomize/base").Select(document => document.ToNode()!.AsObject()).ToList();
        foreach (var item in objects)
        {
            if (IsKind(item, "Deployment")) item["spec"]!["replicas"] = 0;
            if (IsKind(item, "MutatingWebhookConfiguration")) CallByUrl(item, webhook);
        }

        return objects;
    }

    public static bool IsKind(JsonNode item, string kind) => item["kind"]!.GetValue<string>() == kind;

    // caBundle is not ours to write: the server does.
    private static void CallByUrl(JsonObject configuration, Uri webhook)
    {
        foreach (var entry in configuration["webhooks"]!.AsArray())
        {
            var path = entry!["clientConfig"]!["service"]!["path"]!.GetValue<string>();
            entry["clientConfig"] = new JsonObject { ["url"] = new Uri(webhook, path).ToString() };
        }
    }
}
