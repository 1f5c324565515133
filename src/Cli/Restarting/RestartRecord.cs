using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spanhook.Cli.Restarting;

/// <summary>What a restart notes on the workload that it rolls, so that it can be taken back.</summary>
/// <param name="Run">The same for all workloads of one run; sorts by time.</param>
/// <param name="At">What the template says since.</param>
/// <param name="Before">What each template said before; null where it said nothing.</param>
internal sealed record RestartRecord(string Run, string At, IReadOnlyList<string?> Before)
{
    /// <summary>The annotation of the workload.</summary>
    public const string Key = "spanhook.dev/restart";

    /// <summary>Null when there is none, or none that can be read.</summary>
    public static RestartRecord? Of(JsonObject item)
    {
        if (item["metadata"]?["annotations"]?[Key] is not JsonValue value) return null;
        try
        {
            return JsonNode.Parse(value.ToString()) is JsonObject json && json["run"]?.ToString() is { Length: > 0 } run && json["at"]?.ToString() is { Length: > 0 } at
                ? new(run, at, [.. (json["before"] as JsonArray ?? []).Select(before => before?.ToString())])
                : null;
        }
        catch (JsonException)
        {
            return null; // written by somebody else
        }
    }

    public override string ToString() => new JsonObject
    {
        ["run"] = Run,
        ["at"] = At,
        ["before"] = new JsonArray([.. Before.Select(before => (JsonNode?)before)]),
    }.ToJsonString();
}
