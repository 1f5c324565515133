using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spanhook.Server.Reporting.Statuses;

/// <summary>An object with its status: what is applied, and what is read of another's page.</summary>
internal sealed record StatusObject
{
    public string? ApiVersion { get; init; }
    public string? Kind { get; init; }
    public StatusHead Metadata { get; init; } = new();
    public ObjectStatus? Status { get; init; }
}

/// <summary>Which object is meant. With the uid it is a conflict when that one was made anew.</summary>
internal sealed record StatusHead
{
    public string Name { get; init; } = "";
    public string? Namespace { get; init; }
    public string? Uid { get; init; }
}

/// <summary>A page of a list. What stands in a status is read later: somebody else's may have any shape.</summary>
internal sealed record StatusPage
{
    public StatusPageHead Metadata { get; init; } = new();
    public IReadOnlyList<StatusItem>? Items { get; init; }
}

internal sealed record StatusPageHead
{
    public string? Continue { get; init; }
}

internal sealed record StatusItem
{
    public StatusHead Metadata { get; init; } = new();
    public JsonElement Status { get; init; }

    /// <summary>Null when it has none that is ours.</summary>
    public ObjectStatus? Ours()
    {
        if (Status.ValueKind != JsonValueKind.Object) return null;
        try
        {
            return Status.Deserialize(StatusJsonContext.Default.ObjectStatus);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Statuses in JSON.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.General, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StatusObject))]
[JsonSerializable(typeof(StatusPage))]
[JsonSerializable(typeof(StatusItem))]
internal sealed partial class StatusJsonContext : JsonSerializerContext;
