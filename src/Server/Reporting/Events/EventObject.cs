using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spanhook.Server.Reporting.Events;

/// <summary>An Event of core/v1, which <c>kubectl describe</c> and <c>kubectl events --for</c> read.</summary>
internal sealed record EventObject
{
    private const string Component = "spanhook";

    // Of the name of an Event, which is its workload's and a number.
    private const int LongestName = 200;

    public string ApiVersion { get; init; } = "v1";
    public string Kind { get; init; } = "Event";
    public EventHead Metadata { get; init; } = new();
    public EventSubject InvolvedObject { get; init; } = new();
    public string? Reason { get; init; }
    public string? Message { get; init; }
    public string? Type { get; init; }
    public int? Count { get; init; }
    public DateTime? FirstTimestamp { get; init; }
    public DateTime? LastTimestamp { get; init; }
    public EventSource? Source { get; init; }
    public string? ReportingComponent { get; init; }
    public string? ReportingInstance { get; init; }

    /// <param name="told">What is told.</param>
    /// <param name="instance">Who tells it.</param>
    /// <param name="number">No other event has it.</param>
    public static EventObject Of(WorkloadEvent told, string instance, long number) => new()
    {
        Metadata = new() { Name = string.Create(CultureInfo.InvariantCulture, $"{Stem(told.Workload.Name)}.{number:x}"), Namespace = told.Namespace },
        InvolvedObject = new() { ApiVersion = told.Workload.ApiVersion, Kind = told.Workload.Kind, Name = told.Workload.Name, Namespace = told.Namespace, Uid = told.Workload.Uid },
        Reason = told.Reason,
        Message = told.Note,
        Type = told.IsWarning ? "Warning" : "Normal",
        Count = told.Count,
        FirstTimestamp = Second(told.First),
        LastTimestamp = Second(told.Last),
        Source = new() { Component = Component },
        ReportingComponent = Component,
        ReportingInstance = instance,
    };

    private static string Stem(string name) =>
        name.Length <= LongestName && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.') && char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1]) ? name : Component;

    private static DateTime Second(DateTimeOffset time) => new(time.UtcTicks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, DateTimeKind.Utc);
}

internal sealed record EventHead
{
    public string Name { get; init; } = "";
    public string Namespace { get; init; } = "";
}

/// <summary>An <c>ObjectReference</c>.</summary>
internal sealed record EventSubject
{
    public string? ApiVersion { get; init; }
    public string? Kind { get; init; }
    public string? Namespace { get; init; }
    public string? Name { get; init; }
    public string? Uid { get; init; }
}

internal sealed record EventSource
{
    public string? Component { get; init; }
}

/// <summary>Events in JSON.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.General, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EventObject))]
internal sealed partial class EventJsonContext : JsonSerializerContext;
