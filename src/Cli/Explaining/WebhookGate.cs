using System.Text.Json;
using System.Text.Json.Nodes;
using Spanhook.Api;
using Spanhook.Api.Meta;
using Spanhook.Cli.Connection;
using Spanhook.Injection.Cluster;
using Spanhook.Injection.Decision;

namespace Spanhook.Cli.Explaining;

/// <summary>
/// The gate before all others, which the webhook never sees: whether the API server asks it about pods of a namespace. A namespace that is left
/// out by a label is the commonest reason for which nothing at all happens.
/// </summary>
internal static class WebhookGate
{
    private const string Path = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/spanhook";
    private const string Subject = "webhook";

    // A condition of this name is what 'kubectl spanhook off' adds.
    private const string OffCondition = "spanhook.dev/off";

    public static async Task<IReadOnlyDictionary<string, ExplainedStep>> LookAsync(
        ClusterSession session, IEnumerable<string> namespaces, ClusterObjects objects, CancellationToken cancellation)
    {
        var steps = new Dictionary<string, ExplainedStep>(StringComparer.Ordinal);
        JsonObject? configuration;
        try
        {
            configuration = await session.FindAsync(Path, cancellation);
        }
        catch (ClusterException e) when (e.IsForbidden)
        {
            foreach (var ns in namespaces) steps[ns] = new(Subject, null, "whether the API server asks the webhook is not known: you may not get mutatingwebhookconfigurations");
            return steps;
        }

        foreach (var ns in namespaces)
        {
            var labels = objects.Namespaces.FirstOrDefault(known => known.Metadata.Name == ns)?.Metadata.Labels;
            steps[ns] = Judge(configuration, ns, labels);
        }

        return steps;
    }

    private static ExplainedStep Judge(JsonObject? configuration, string ns, IReadOnlyDictionary<string, string>? labels)
    {
        if (configuration is null) return new(Subject, false, "there is no MutatingWebhookConfiguration spanhook: the webhook is not installed");
        if (configuration["webhooks"] is not JsonArray { Count: > 0 } webhooks) return new(Subject, false, "the MutatingWebhookConfiguration spanhook has no webhooks: install it again");
        foreach (var webhook in webhooks.OfType<JsonObject>())
        {
            if ((webhook["matchConditions"] as JsonArray)?.Any(condition => condition?["name"]?.ToString() == OffCondition) == true)
                return new(Subject, false, "it is switched off: 'kubectl spanhook on' switches it on again");
            if (labels is null) return new(Subject, null, $"the labels of namespace {ns} are not known, and with them whether the API server asks the webhook about its pods");
            if (Mismatch(webhook["namespaceSelector"], key => labels.GetValueOrDefault(key)) is { } requirement)
                return new(Subject, false, $"the API server does not ask the webhook about pods of namespace {ns}: its selector wants {requirement}");
        }

        return new(Subject, true, $"the API server asks it about pods of namespace {ns}");
    }

    /// <summary>The requirement that the labels do not meet, as kubectl writes it; null when they meet all.</summary>
    private static string? Mismatch(JsonNode? selector, Func<string, string?> label)
    {
        if (selector is null) return null;
        var parsed = selector.Deserialize(ApiJsonContext.Default.LabelSelector)!;
        foreach (var (key, value) in parsed.MatchLabels ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            if (label(key) != value) return $"{key}={value}";
        }

        foreach (var requirement in parsed.MatchExpressions ?? [])
        {
            if (!Meets(requirement, label(requirement.Key))) return Text(requirement);
        }

        return null;
    }

    private static bool Meets(LabelSelectorRequirement requirement, string? value) => requirement.Operator switch
    {
        "In" => value is not null && requirement.Values?.Contains(value, StringComparer.Ordinal) == true,
        "NotIn" => value is null || requirement.Values?.Contains(value, StringComparer.Ordinal) != true,
        "Exists" => value is not null,
        "DoesNotExist" => value is null,
        _ => false,
    };

    private static string Text(LabelSelectorRequirement requirement) => requirement.Operator switch
    {
        "Exists" => requirement.Key,
        "DoesNotExist" => $"!{requirement.Key}",
        _ => $"{requirement.Key} {requirement.Operator.ToLowerInvariant()} ({string.Join(", ", requirement.Values ?? [])})",
    };
}
