using System.Text.Json.Nodes;
using Spanhook.Injection;
using Spanhook.Injection.Decision;

namespace Spanhook.Cli.Workloads;

/// <summary>Who asked for the injection of a pod.</summary>
internal static class RequestOrigin
{
    private const string Asking = "instrumentation.opentelemetry.io/inject-";

    /// <summary><c>annotation</c>, <c>namespace</c>, <c>policy NAME</c>; null when nobody did.</summary>
    /// <param name="pod">As it would be admitted.</param>
    /// <param name="ns">The annotations of its namespace.</param>
    /// <param name="now">What is decided for it now.</param>
    public static string? Of(JsonObject pod, IReadOnlyDictionary<string, string> ns, InjectionResult now)
    {
        if (now.Decisions.All(decision => decision.Reason == Reasons.NotRequested)) return null;
        if ((pod["metadata"]?["annotations"] as JsonObject ?? []).Any(entry => Asks(entry.Key, entry.Value?.ToString()))) return "annotation";
        if (now.Decisions.All(IsRefusalOfTheUser)) return null;
        return ns.Any(entry => Asks(entry.Key, entry.Value)) ? "namespace" : PolicyOf(now);
    }

    // The one that the settings came from; where none was reached, the highest that covers the pod.
    private static string PolicyOf(InjectionResult now)
    {
        const string kind = "TracingPolicy ";
        var source = now.Decisions.Select(decision => decision.Source).FirstOrDefault(found => found?.StartsWith(kind, StringComparison.Ordinal) == true);
        return (source?[kind.Length..] ?? now.Policies.FirstOrDefault()) is { } name ? $"policy {name}" : "policy";
    }

    private static bool Asks(string key, string? value) => key.StartsWith(Asking, StringComparison.Ordinal) && !string.IsNullOrWhiteSpace(value)
        && !value.Trim().Equals("false", StringComparison.OrdinalIgnoreCase);

    private static bool IsRefusalOfTheUser(InjectionDecision decision) => decision.Reason == Reasons.OptedOutPod || decision.Reason == Reasons.OptedOutNamespace;
}
