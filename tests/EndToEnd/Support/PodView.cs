namespace Spanhook.EndToEnd.Support;

/// <summary>What tests look at in a pod.</summary>
internal static class PodView
{
    public const string InjectJava = "instrumentation.opentelemetry.io/inject-java";
    public const string Mark = "spanhook.dev/injected";

    public static string? MarkOf(JsonNode pod) => pod["metadata"]!["annotations"]?[Mark]?.GetValue<string>();

    public static bool IsInjected(JsonNode pod) => MarkOf(pod) is not null;

    /// <summary>The value of a variable of its container "app".</summary>
    public static string? Env(JsonNode pod, string name, string container = "app") => pod["spec"]!["containers"]!.AsArray()
        .Single(c => c!["name"]!.GetValue<string>() == container)!["env"]?.AsArray()
        .SingleOrDefault(variable => variable!["name"]!.GetValue<string>() == name)?["value"]?.GetValue<string>();

    public static string? Endpoint(JsonNode pod) => Env(pod, "OTEL_EXPORTER_OTLP_ENDPOINT");

    public static IReadOnlyList<string> InitContainers(JsonNode pod) => [.. (pod["spec"]!["initContainers"] as JsonArray ?? []).Select(c => c!["name"]!.GetValue<string>())];
}
