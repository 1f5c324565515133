using System.Text.Json;
using System.Text.Json.Nodes;
using Spanhook.Api;
using Spanhook.Api.Meta;
using Spanhook.Cli.Connection;
using Spanhook.Injection.Cluster;

namespace Spanhook.Cli.Checking;

/// <summary>The MutatingWebhookConfiguration, which says whether the webhook is called, and for what.</summary>
internal sealed class WebhookConfiguration
{
    public const string DefaultName = "spanhook";

    /// <summary>Name of the matchCondition that takes the webhook out of the path; key of the annotation that says who did, when and why.</summary>
    public const string Off = "spanhook.dev/off";

    private const string Collection = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";
    private const string NamespaceName = "kubernetes.io/metadata.name";

    private WebhookConfiguration(string name, JsonObject json)
    {
        (Name, Json) = (name, json);
        Entries = [.. (json["webhooks"] as JsonArray ?? []).OfType<JsonObject>()];
    }

    public string Name { get; }

    public JsonObject Json { get; }

    /// <summary>Its webhooks.</summary>
    public IReadOnlyList<JsonObject> Entries { get; }

    /// <summary>No entry is called.</summary>
    public bool IsOff => Entries.Count > 0 && Entries.All(IsSwitchedOff);

    /// <summary>Some entry is not called.</summary>
    public bool IsPartlyOff => Entries.Any(IsSwitchedOff);

    /// <summary>Who switched it off, when and why; null when nobody wrote it down.</summary>
    public string? OffNote => Json["metadata"]?["annotations"]?[Off]?.ToString();

    public static string PathOf(string name) => $"{Collection}/{name}";

    /// <summary>Null when it does not exist.</summary>
    public static async Task<WebhookConfiguration?> FindAsync(ClusterSession session, string name, CancellationToken cancellation) =>
        await session.FindAsync(PathOf(name), cancellation) is { } json ? new(name, json) : null;

    /// <summary>As it was answered.</summary>
    public static WebhookConfiguration From(string name, JsonObject json) => new(name, json);

    public static bool IsSwitchedOff(JsonObject entry) =>
        (entry["matchConditions"] as JsonArray)?.OfType<JsonObject>().Any(condition => condition["name"]?.ToString() == Off && condition["expression"]?.ToString() == "false") == true;

    /// <summary>Whether pods of a namespace with these labels are shown to the webhook.</summary>
    public bool Covers(string ns, IReadOnlyDictionary<string, string> labels) => Entries.Any(entry =>
        LabelSelectorMatcher.Matches(Selector(entry["namespaceSelector"]), key => labels.GetValueOrDefault(key) ?? (key == NamespaceName ? ns : null)));

    private static LabelSelector? Selector(JsonNode? node) => node?.Deserialize(ApiJsonContext.Default.LabelSelector);
}
