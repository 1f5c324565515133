using System.Text.Json;
using Spanhook.Api;
using Spanhook.Cli.Checking;
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
    private const string Subject = "webhook";

    /// <summary>A step for each of the namespaces.</summary>
    public static async Task<IReadOnlyDictionary<string, ExplainedStep>> LookAsync(
        ClusterSession session, IEnumerable<string> namespaces, ClusterObjects objects, CancellationToken cancellation)
    {
        try
        {
            var configuration = await WebhookConfiguration.FindAsync(session, WebhookConfiguration.DefaultName, cancellation);
            return namespaces.ToDictionary(ns => ns, ns => Judge(configuration, ns, LabelsOf(objects, ns)), StringComparer.Ordinal);
        }
        catch (ClusterException e) when (e.IsForbidden)
        {
            var unknown = new ExplainedStep(Subject, null, $"whether the API server asks the webhook is not known: {e.Message}");
            return namespaces.ToDictionary(ns => ns, _ => unknown, StringComparer.Ordinal);
        }
    }

    private static IReadOnlyDictionary<string, string>? LabelsOf(ClusterObjects objects, string ns) =>
        objects.Namespaces.FirstOrDefault(known => known.Metadata.Name == ns)?.Metadata.Labels;

    private static ExplainedStep Judge(WebhookConfiguration? configuration, string ns, IReadOnlyDictionary<string, string>? labels)
    {
        if (configuration is null) return new(Subject, false, $"there is no MutatingWebhookConfiguration {WebhookConfiguration.DefaultName}: the webhook is not installed");
        if (configuration.Entries.Count == 0) return new(Subject, false, $"MutatingWebhookConfiguration {configuration.Name} has no webhooks: install it again");
        if (configuration.IsOff) return new(Subject, false, "the webhook is switched off: 'kubectl spanhook on' switches it on again");
        if (labels is null) return new(Subject, null, $"there is no namespace {ns} yet, and its labels say whether the API server asks the webhook about its pods");
        return configuration.Covers(ns, labels)
            ? new(Subject, true, $"the API server asks the webhook about pods of namespace {ns}")
            : new(Subject, false, $"the API server does not ask the webhook about pods of namespace {ns}, because its namespaceSelector wants {Mismatches(configuration, labels)}");
    }

    /// <summary>What the labels would have to be, as kubectl writes it.</summary>
    private static string Mismatches(WebhookConfiguration configuration, IReadOnlyDictionary<string, string> labels) => string.Join("; ", configuration.Entries
        .Select(entry => LabelSelectorMatcher.FirstMismatch(entry["namespaceSelector"]?.Deserialize(ApiJsonContext.Default.LabelSelector), key => labels.GetValueOrDefault(key)))
        .OfType<Api.Meta.LabelSelectorRequirement>().Select(LabelSelectorMatcher.Show).Distinct(StringComparer.Ordinal));
}
