using System.Text.Json.Nodes;

namespace Spanhook.Cli.Comparing;

/// <summary>The mark of an injected pod. A hint: whoever creates a pod can write it.</summary>
internal static class PodMark
{
    public const string Key = "spanhook.dev/injected";

    /// <summary>A comma list of INJECTOR/CONTAINER=SOURCE; null when there is none.</summary>
    public static string? Of(JsonObject pod) => pod["metadata"]?["annotations"]?[Key]?.ToString();
}
