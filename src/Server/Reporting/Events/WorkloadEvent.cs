namespace Spanhook.Server.Reporting.Events;

/// <summary>Something to tell about a workload.</summary>
internal sealed record WorkloadEvent
{
    public required string Namespace { get; init; }
    public required Workload Workload { get; init; }

    /// <summary>Injected, InjectionSkipped, or InjectionWarning.</summary>
    public required string Reason { get; init; }
    public required bool IsWarning { get; init; }

    /// <summary>For people, cleaned.</summary>
    public required string Note { get; init; }

    /// <summary>How often it happened from the first to the last time.</summary>
    public int Count { get; init; } = 1;
    public DateTimeOffset First { get; init; }
    public DateTimeOffset Last { get; init; }

    /// <summary>What makes it the same one as another.</summary>
    public required EventKey Key { get; init; }
}

/// <summary>A workload, and the code of what is told about it.</summary>
internal readonly record struct EventKey(string Namespace, string Kind, string Name, string Code);
